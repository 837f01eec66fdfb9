"""Objects for the tests of the store, beside `tests/support/build.py`: attempts, events, keys and users."""

from typing import Any

from app.objects.attempt import Attempt
from app.objects.event import Event
from app.objects.organization import Key
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.objects.user import Login, User
from tests.support.build import NOW, a_link

QUOTE = Quote(
    amount_discount=0,
    amount_shipping=0,
    amount_subtotal=1250,
    amount_tax=0,
    amount_total=1250,
    currency="eur",
    lines=(),
    mode="payment",
)


def an_attempt(id: str = "att_1", **changes: Any) -> Attempt:
    """Return an attempt at `plink_honey` with its own form. Its token contains its id."""
    defaults: dict[str, Any] = {
        "created": NOW,
        "currency": "eur",
        "expires_at": NOW + 1920,
        "fingerprint": "one jar",
        "form": f"form of {id}",
        "mode": "payment",
        "organization": "org_apiary",
        "payment_link": "plink_honey",
        "quote": QUOTE,
        "selection": Selection(),
        "session_params": {"mode": "payment"},
        "token": f"token of {id}",
        "updated": NOW,
    }
    return Attempt.model_validate({**defaults, "id": id, **changes})


def later(attempt: Attempt, **changes: Any) -> Attempt:
    """Return the next version of an attempt."""
    return attempt.model_copy(update={"version": attempt.version + 1, "updated": attempt.updated + 1, **changes})


def changed(link: PaymentLink, **changes: Any) -> PaymentLink:
    """Return the next version of a link. `counterfoil` changes attributes under that key."""
    ours = {"version": link.counterfoil.version + 1, **changes.pop("counterfoil", {})}
    return link.model_copy(update={**changes, "counterfoil": link.counterfoil.model_copy(update=ours)})


def limited(limit: int, count: int = 0, **changes: Any) -> PaymentLink:
    """Return a link with a limit."""
    return a_link(restrictions={"completed_sessions": {"limit": limit, "count": count}}, **changes)


def an_event(id: str = "evt_1", type: str = "checkout.session.completed", **changes: Any) -> Event:
    """Return an event of Stripe."""
    return Event.model_validate({"id": id, "type": type, "created": NOW, "data": {"object": {"id": "cs_1"}}, **changes})


def a_key(id: str = "key_1", organization: str = "org_apiary", **changes: Any) -> Key:
    """Return a key whose hash contains its id."""
    return Key(id=id, created=NOW, hash=f"hash of {id}", last4="abcd", organization=organization, **changes)


def a_user(id: str = "user_1", **changes: Any) -> User:
    """Return a user of the apiary."""
    defaults = {
        "created": NOW,
        "email": "ada@example.com",
        "organization": "org_apiary",
        "password_hash": f"hash of {id}",
    }
    return User.model_validate({**defaults, "id": id, **changes})


def a_login(name: str = "a", **changes: Any) -> Login:
    """Return a log-in for an hour, whose hash contains a name."""
    defaults = {"created": NOW, "ends_at": NOW + 3600, "user": "user_1"}
    return Login.model_validate({**defaults, "hash": f"hash of {name}", **changes})


def ids(attempts: list[Attempt]) -> list[str]:
    """Return the ids of attempts without their prefix."""
    return [attempt.id.removeprefix("att_") for attempt in attempts]
