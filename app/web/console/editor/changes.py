"""The parameters of an update that a changed form makes. A removed parameter gets the value that unsets it."""

from collections.abc import Mapping
from typing import Any, Final

_REMOVED: Final[Mapping[str, Any]] = {
    "after_completion": {"type": "hosted_confirmation", "hosted_confirmation": {}},
    "allow_promotion_codes": False,
    "automatic_tax": {"enabled": False},
    "automatic_tax.liability": {"type": "self"},
    "billing_address_collection": "auto",
    "consent_collection.promotions": "none",
    "consent_collection.terms_of_service": "none",
    "consent_collection.payment_method_reuse_agreement": {"position": "auto"},
    "customer_creation": "if_required",
    "invoice_creation": {"enabled": False},
    "payment_method_collection": "always",
    "phone_number_collection": {"enabled": False},
    "submit_type": "auto",
    "subscription_data.invoice_settings.issuer": {"type": "self"},
    "tax_id_collection": {"enabled": False},
    "tax_id_collection.required": "never",
}
"""The values that reset parameters which the form no longer has. Every other such parameter is unset."""

_WHOLE: Final = frozenset(
    {
        *("after_completion", "automatic_tax.liability"),
        *("invoice_creation.invoice_data.issuer", "invoice_creation.invoice_data.metadata"),
        *("subscription_data.invoice_settings.issuer", "payment_intent_data.metadata", "subscription_data.metadata"),
    }
)
"""Objects that an update replaces as a whole."""

_COMPLETE: Final = frozenset(
    {
        *("automatic_tax", "invoice_creation", "name_collection.business", "name_collection.individual"),
        *("tax_id_collection", "transfer_data"),
    }
)
"""Objects with a required entry: an update that changes one part must send the others as well."""


def changed_params(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that turn a link with the form `before` into one with the form `after`. Empty if nothing differs.

    >>> changed_params({"submit_type": "book", "metadata": {"a": "1"}}, {"metadata": {"a": "2"}})
    {'submit_type': 'auto', 'metadata': {'a': '2'}}
    """
    changes = _differences(before, after, "")
    items = _changed_items(before.get("line_items", ()), after.get("line_items", ()))
    changes.pop("line_items", None)
    return changes | ({"line_items": items} if items else {})


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in dict.fromkeys([*before, *after]):
        own = f"{path}.{name}" if path else name
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if new is None:
            found[name] = _removed(own, old)
        elif isinstance(old, Mapping) and isinstance(new, Mapping) and own not in _WHOLE:
            found[name] = (dict(new) if own in _COMPLETE else {}) | _differences(old, new, own)
        else:
            found[name] = new
    return found


def _removed(path: str, old: Any) -> Any:
    if path in _REMOVED:
        return _REMOVED[path]
    if path in {"counterfoil", "consent_collection", "custom_text", "payment_intent_data", "subscription_data"}:
        return _differences(old, {}, path)
    if path == "metadata":
        return dict.fromkeys(old, "")
    return "" if path.startswith("metadata.") else None


def _changed_items(before: Any, after: Any) -> list[dict[str, Any]]:
    """Return the items that differ, each with what differs and its id."""
    known = {item["id"]: item for item in before}
    found = []
    for item in after:
        old = known.get(item["id"], {})
        different = {name: value for name, value in item.items() if old.get(name) != value}
        bounds = different.get("adjustable_quantity")
        if bounds is not None:
            gone = dict.fromkeys(old.get("adjustable_quantity", {}).keys() - bounds.keys())
            different["adjustable_quantity"] = bounds | gone
        if different:
            found.append({"id": item["id"], **different})
    return found
