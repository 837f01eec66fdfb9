"""A change: who made it, when, and the old and new values. It has no secrets and no data of buyers. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from app.objects.base import Object
from app.objects.scalars import Timestamp

ActorKind = Literal["user", "key", "command", "stripe", "reconcile"]
"""A user of the console, an API key, the command line, an event of Stripe, or periodic work."""

VALUE_MAXIMUM: Final = 300
"""Characters of a value that are stored."""

HIDDEN: Final = frozenset({"hash", "password_hash", "recovery_hashes", "totp_counter", "totp_secret"})
"""Attributes whose values are secrets."""

_COMPUTED: Final = frozenset({"counterfoil.embed_url", "counterfoil.qr_url", "counterfoil.version", "url"})
"""Attributes of a link that follow from others. They change with the server's address and with each change."""


class Actor(Object):
    """The user or program that makes a change. `name` is for people: an e-mail address, the name of a key, the id of an event."""

    kind: ActorKind
    id: str | None = None
    name: str | None = None


COMMAND_LINE: Final = Actor(kind="command")


class Difference(Object):
    """The old and the new value of one attribute, as JSON. None: there was no value."""

    name: str
    old: str | None = None
    new: str | None = None


class Change(Object):
    """One change of an object. `what` names it like Stripe's events do (`payment_link.updated`), `about` is the object's id.

    `name` is the merchant's name for the object.
    """

    id: str
    object: Literal["change"] = "change"
    about: str
    actor: Actor
    created: Timestamp
    differences: tuple[Difference, ...] = ()
    name: str | None = None
    organization: str
    what: str


def differences(before: Object, after: Object) -> tuple[Difference, ...]:
    """Return the attributes that differ, by name. Attributes inside an object have names with dots. A list is one value.

    For example a link that is switched off has `Difference(name="active", old="true", new="false")`.
    """
    old, new = dict(_values(before.model_dump(mode="json"))), dict(_values(after.model_dump(mode="json")))
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name) and name not in _COMPUTED]
    return tuple(Difference(name=name, old=_text(old.get(name)), new=_text(new.get(name))) for name in names)


def _values(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if name in HIDDEN:
            continue
        if isinstance(value, Mapping) and value:
            yield from _values(value, f"{prefix}{name}.")
        elif value not in (None, {}, []):
            yield f"{prefix}{name}", value


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_MAXIMUM else f"{text[: VALUE_MAXIMUM - 1]}…"
