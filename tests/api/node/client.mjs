// What a merchant's own program does with stripe-node against our server. Reads its task from standard input, prints what it saw.
import { readFileSync } from "node:fs";
import Stripe from "stripe";

const { key, port, payment, subscription, price } = JSON.parse(readFileSync(0, "utf8"));
const stripe = new Stripe(key, { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
const expand = ["line_items", "line_items.data.price.product"];

async function refused(ask) {
  try {
    await ask();
  } catch (error) {
    return { type: error.type, statusCode: error.statusCode, param: error.param, code: error.code };
  }
  return null;
}

async function ids(params) {
  const found = [];
  for await (const link of stripe.paymentLinks.list(params)) found.push(link.id);
  return found;
}

const seen = {};
seen.created = await stripe.paymentLinks.create({ ...payment, expand }, { idempotencyKey: "node-1" });
seen.replayed = await stripe.paymentLinks.create({ ...payment, expand }, { idempotencyKey: "node-1" });
seen.retrieved = await stripe.paymentLinks.retrieve(seen.created.id, { expand });
seen.subscription = await stripe.paymentLinks.create(subscription);
const item = seen.created.line_items.data[0].id;
seen.updated = await stripe.paymentLinks.update(seen.created.id, {
  active: false,
  line_items: [{ id: item, quantity: 4 }],
  metadata: { order: "", more: "1" },
  expand,
});
seen.unset = await stripe.paymentLinks.update(seen.created.id, {
  custom_fields: "",
  custom_text: { submit: "" },
  inactive_message: "",
  name_collection: "",
  on_behalf_of: "",
  optional_items: "",
  payment_method_options: "",
  payment_method_types: "",
  restrictions: "",
  shipping_address_collection: "",
  shipping_options: "",
  transfer_data: "",
});
seen.items = (await stripe.paymentLinks.listLineItems(seen.created.id, { limit: 1 })).data.map((found) => found.id);
seen.forwards = await ids({ limit: 100 });
seen.backwards = await ids({ limit: 100, ending_before: seen.forwards.at(-1) });
seen.unknown = await refused(() => stripe.paymentLinks.create({ line_items: [{ price, quantity: 1 }], colour: "red" }));
seen.broken = await refused(() =>
  stripe.paymentLinks.create({ line_items: [{ price, quantity: 1 }], restrictions: { completed_sessions: { limit: 0 } } }),
);
seen.missing = await refused(() => stripe.paymentLinks.retrieve("plink_none"));
seen.mismatch = await refused(() => stripe.paymentLinks.create({ line_items: [] }, { idempotencyKey: "node-1" }));
seen.stranger = await refused(() =>
  new Stripe("bc_wrong", { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 0 }).paymentLinks.list(),
);
console.log(JSON.stringify(seen));
