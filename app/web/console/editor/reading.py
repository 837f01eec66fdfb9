"""Turns the form into the API's parameters. Fields that belong to another kind of link are ignored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.objects.payment_link.params import PaymentLinkCreateParams
from app.objects.price import Price
from app.web.console.editor.control import Control, Part
from app.web.console.editor.controls import GROUPS
from app.web.console.editor.controls.advanced import INVOICE_PAIRS, PAIRS
from app.web.console.editor.controls.money import NEW_RATE
from app.web.console.editor.entries import Entries
from app.web.console.editor.kinds import Kinds, kinds_of
from app.web.console.editor.texts import Manner, Unreadable, clean, read_text
from app.web.console.editor.translations import read_translations
from app.web.console.editor.values import Values
from app.web.console.messages.translate import translate_message
from app.web.display.translation import gettext as _
from app.wire.form import FormError, decode

HELPERS: Final = frozenset(
    {
        *(
            "add",
            "remove",
            "move_up",
            "move_down",
            "find",
            "resume",
            "add_language",
            "find_price",
            "price_kind",
            "tax_kind",
            "discount_kind",
        ),
        *(control.name for control in NEW_RATE),
        *("ships", "csrf_token", "form_id", "kind", "version", "confirm", "loaded_in"),
    }
)
"""Names of the form that are no parameters."""

_ONE_TIME: Final = ("payment_intent_data", "customer_creation", "application_fee_amount")
_SUBSCRIPTION: Final = ("subscription_data", "payment_method_collection", "application_fee_percent")


@dataclass
class Read:
    """A form that was read: the parameters, the new prices that they name, and the errors by the name of their field.

    `prices` has the parameters of each price that is created with the link although `price_data` cannot describe it, by the name that
    stands in place of its id.
    """

    params: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def read(values: Values, manner: Manner, known: Mapping[str, Price], *, editing: bool = False) -> Read:
    """Return what the form says. `known` has the prices that it names by id. Without a mistake, `problems` is empty."""
    kinds = kinds_of(values, known, editing=editing)
    found = Read()
    for control in _plain_controls(kinds, editing=editing):
        _read_control(control, values, manner, found)
    Entries(values, manner, kinds, found.params, found.prices, found.problems, editing=editing).read()
    _read_pairs(values, found)
    texts = read_translations(values, manner, found.params, found.problems)
    if texts:
        set_at(found.params, ("counterfoil", "translations"), texts)
    _read_rest(values, found)
    _complete(found.params, kinds)
    return found


def _plain_controls(kinds: Kinds, *, editing: bool) -> Iterator[Control]:
    """Return the controls that set one parameter each, without those of other kinds and of entries."""
    for group in GROUPS:
        for part in group.parts:
            if not _is_shown(part, kinds):
                continue
            for control in part.controls:
                is_entry = control.name.startswith("line_items[") or "{n}" in control.name
                if is_entry or control.name in HELPERS or control.only == ("create" if editing else "edit"):
                    continue
                yield control


def _is_shown(part: Part, kinds: Kinds) -> bool:
    return part.when is None or kinds.chosen(part.when[0]) in part.when[1]


def _read_control(control: Control, values: Values, manner: Manner, found: Read) -> None:
    if control.kind == "checkboxes":
        base = control.name.removesuffix("[]")
        if texts := values.entries(base):
            set_at(found.params, control.path, texts)
        return
    text = clean(control, values.get(control.name))
    if not text and control.kind in {"words", "lines"}:
        text = "\n".join(values.entries(control.name))
    if not text or (text == control.default and control.kind in {"radio", "select"}):
        return
    try:
        set_at(found.params, control.path, read_text(control, text, manner))
    except Unreadable as error:
        found.problems[control.name] = str(error)


def _read_pairs(values: Values, found: Read) -> None:
    """Read the lists of names and values: metadata, and the extra lines of an invoice."""
    for name, *_rest in (*PAIRS, *INVOICE_PAIRS):
        keys, texts = values.all(f"{name}_key[]"), values.all(f"{name}_value[]")
        pairs = [(key.strip(), text.strip()) for key, text in zip(keys, texts, strict=False) if key.strip()]
        if not pairs:
            continue
        path = tuple(name.replace("]", "").split("["))
        is_list = path[-1] == "custom_fields"
        set_at(found.params, path, [{"name": k, "value": v} for k, v in pairs] if is_list else dict(pairs))


def _read_rest(values: Values, found: Read) -> None:
    """Read parameters that have no control, under the API's names. The other ones are read already."""
    pairs = [
        (name, text)
        for name, texts in values.fields.lists()
        if name not in HELPERS and not _is_known(name)
        for text in texts
    ]
    try:
        more = decode(pairs, PaymentLinkCreateParams)
    except FormError as error:
        found.problems[""] = translate_message(error.message) or _("We could not read this request")
        return
    _merge(found.params, more)


def _is_known(name: str) -> bool:
    first = name.partition("[")[0]
    if first in {"line_items", "optional_items", "custom_fields", "shipping_options"} or name in _NAMES:
        return True
    return name.startswith(_LISTS) or name.endswith(("_key[]", "_value[]"))


_NAMES: Final = frozenset(control.name for group in GROUPS for control in group.controls)
_LISTS: Final = (
    "counterfoil[tax_rates]",
    "counterfoil[embed_origins]",
    "counterfoil[translations]",
    "payment_method_types[",
    "payment_method_options[card][restrictions][brands_blocked]",
    "shipping_address_collection[allowed_countries]",
    "invoice_creation[invoice_data][account_tax_ids]",
    "automatic_tax[",
    "name_collection[",
)


def _complete(params: dict[str, Any], kinds: Kinds) -> None:
    """Add what follows from the kinds, and take out what belongs to the other way to pay."""
    if kinds.discount == "codes":
        params["allow_promotion_codes"] = True
    if kinds.tax == "automatic":
        account = params.pop("automatic_tax", {}).get("liability", {}).get("account")
        params["automatic_tax"] = {"enabled": True} | ({"liability": _account(account)} if account else {})
    else:
        params.pop("automatic_tax", None)
    _complete_tax_ids(params)
    _complete_names(params)
    _complete_after(params, kinds)
    for name in _ONE_TIME if kinds.recurring else _SUBSCRIPTION:
        params.pop(name, None)
    _complete_invoice(params, kinds)
    transfer = params.get("transfer_data")
    if transfer and (kinds.recurring or "destination" not in transfer):
        transfer.pop("amount", None)
        if not transfer:
            del params["transfer_data"]


def _complete_tax_ids(params: dict[str, Any]) -> None:
    if not params.get("tax_id_collection", {}).get("enabled"):
        params.pop("tax_id_collection", None)


def _complete_names(params: dict[str, Any]) -> None:
    names = params.pop("name_collection", {})
    parts = {
        name: {"enabled": True, "optional": asked == "optional"} if isinstance(asked, str) else asked
        for name, asked in names.items()
    }
    if parts:
        params["name_collection"] = parts


def _complete_after(params: dict[str, Any], kinds: Kinds) -> None:
    """Keep the parameters of the chosen type only. A receipt page without a message is the default, and is left out."""
    after = params.pop("after_completion", {})
    if kinds.after == "redirect":
        params["after_completion"] = {"type": "redirect", "redirect": after.get("redirect", {"url": ""})}
    elif after.get("hosted_confirmation"):
        params["after_completion"] = {
            "type": "hosted_confirmation",
            "hosted_confirmation": after["hosted_confirmation"],
        }


def _complete_invoice(params: dict[str, Any], kinds: Kinds) -> None:
    """Move the texts of invoices to the parameters of the chosen way to pay: a subscription, or each payment."""
    invoice = params.pop("invoice_creation", {})
    data = invoice.get("invoice_data", {})
    account = data.pop("issuer", {}).get("account")
    if account:
        data["issuer"] = _account(account)
    if kinds.recurring:
        subscription = params.get("subscription_data", {})
        settings = subscription.pop("invoice_settings", {})
        own = settings.pop("issuer", {}).get("account")
        settings |= {
            name: data[name] for name in ("account_tax_ids", "custom_fields", "description", "footer") if name in data
        }
        if own or account:
            settings["issuer"] = _account(own or account)
        if settings:
            subscription["invoice_settings"] = settings
        if subscription:
            params["subscription_data"] = subscription
    elif invoice.get("enabled"):
        params["invoice_creation"] = {"enabled": True} | ({"invoice_data": data} if data else {})


def _account(id: str) -> dict[str, str]:
    return {"type": "account", "account": id}


def set_at(holder: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at a path of nested names."""
    *above, name = path
    for step in above:
        holder = holder.setdefault(step, {})
    holder[name] = value


def _merge(params: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, Mapping) and isinstance(params.get(name), dict):
            _merge(params[name], value)
        else:
            params.setdefault(name, value)
