// What a program does with stripe-node, from 14 to today's. Reads its task as JSON from standard input, prints what each call saw.
import { readFileSync } from "node:fs";
import Stripe from "stripe";

const task = JSON.parse(readFileSync(0, "utf8"));
const { hostname: host, port } = new URL(task.address);
const server = { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false };
const stripe = new Stripe(task.key, server);
const expand = ["line_items", "line_items.data.price.product"];
const items = () => [{ price: task.price, quantity: 1 }];
const body = ({ lastResponse, ...found }) => found;
let link;

async function refused(ask) {
  try {
    await ask();
  } catch (error) {
    const kind = error.type.replace(/^Stripe|Error$/g, "");
    return [kind, error.statusCode, error.code ?? null, error.param ?? null, Boolean(error.requestId), Boolean(error.raw.doc_url)];
  }
  return null;
}

async function ids(params) {
  const found = [];
  for await (const one of stripe.paymentLinks.list(params)) found.push(one.id);
  return found;
}

const calls = {
  async create() {
    link = await stripe.paymentLinks.create({ ...task.payment, expand }, { idempotencyKey: "once" });
    return { ...body(link), sdk: link.line_items.data[0].price.product.name };
  },
  repeat: async () => (await stripe.paymentLinks.create({ ...task.payment, expand }, { idempotencyKey: "once" })).id,
  create_subscription: async () => body(await stripe.paymentLinks.create(task.subscription)),
  retrieve: async () => body(await stripe.paymentLinks.retrieve(link.id, { expand })),
  async update() {
    const changes = {
      active: false,
      allow_promotion_codes: false,
      metadata: { order: "", more: 1 },
      phone_number_collection: { enabled: true },
      line_items: [{ id: link.line_items.data[0].id, quantity: 4 }],
    };
    return body(await stripe.paymentLinks.update(link.id, { ...changes, expand }));
  },
  async unset() {
    const empty = Object.fromEntries(task.unset.map((name) => [name, ""]));
    return body(await stripe.paymentLinks.update(link.id, { ...empty, custom_text: { submit: "" } }));
  },
  list_line_items: async () => (await stripe.paymentLinks.listLineItems(link.id, { limit: 1 })).data.map((item) => item.id),
  list_forwards: () => ids({ limit: 3 }),
  list_backwards: async () => ids({ limit: 3, ending_before: (await ids({ limit: 3 })).at(-1) }),
  list_inactive: () => ids({ active: false }),
  async events() {
    const newest = (await stripe.events.list({ limit: 1, type: "payment_link.updated" })).data[0];
    return (await stripe.events.retrieve(newest.id)).data.object.id;
  },
  async archive_price() {
    const product = await stripe.products.create({ name: "Jar", shippable: true });
    const price = await stripe.prices.create({ product: product.id, currency: "eur", unit_amount: 500 });
    const archived = await stripe.prices.update(price.id, { active: false });
    return [archived.active, (await stripe.prices.list({ active: true, product: product.id })).data.map((found) => found.id)];
  },
  async promotion_code() {
    const { id: coupon } = await stripe.coupons.create({ percent_off: 10, duration: "once" });
    const sent = task.old ? { coupon } : { promotion: { type: "coupon", coupon } };
    const code = await stripe.promotionCodes.create({ ...sent, restrictions: { first_time_transaction: false } });
    return [code.active, code.restrictions.first_time_transaction];
  },
  async checkout_sessions() {
    const { sessions } = stripe.checkout;
    const [found] = (await sessions.list({ payment_link: task.opened })).data;
    const session = await sessions.retrieve(found.id, { expand: ["payment_link"] });
    const lines = (await sessions.listLineItems(found.id)).data;
    const expired = await sessions.expire(found.id);
    return [found.payment_link, session.payment_link.id, session.status, lines.length, expired.status];
  },
  async account() {
    const { object, id } = await stripe.accounts.retrieve();
    return [object, id];
  },
  unknown_parameter: () => refused(() => stripe.paymentLinks.create({ line_items: items(), colour: "red" })),
  broken_parameter: () =>
    refused(() => stripe.paymentLinks.create({ line_items: items(), restrictions: { completed_sessions: { limit: 0 } } })),
  missing_link: () => refused(() => stripe.paymentLinks.retrieve("plink_none")),
  other_parameters_for_a_key: () =>
    refused(() => stripe.paymentLinks.create({ line_items: items() }, { idempotencyKey: "once" })),
  wrong_key: () => refused(() => new Stripe("sk_test_wrong", server).paymentLinks.list()),
  other_account: () => refused(() => stripe.paymentLinks.list({}, { stripeAccount: "acct_other" })),
};

const report = [];
for (const [call, ask] of Object.entries(calls)) {
  const started = performance.now();
  let saw = null;
  let failed = null;
  try {
    saw = await ask();
  } catch (error) {
    failed = `${error.name}: ${error.message}`;
  }
  report.push({ call, failed, milliseconds: performance.now() - started, saw });
}
console.log(JSON.stringify(report));
