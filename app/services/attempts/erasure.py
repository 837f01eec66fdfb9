"""Erase what a payment says about a person, and keep the books: amounts, states, times and ids."""

from collections.abc import Callable, Iterable

from app.errors import InvalidRequest, ResourceMissing, StoreBusy
from app.objects.attempt import Attempt
from app.objects.event import Event
from app.objects.personal_data import without_personal_data
from app.objects.selection import Answers
from app.store.protocol import Store


def erase(store: Store, id: str, now: int, *, erase_session: Callable[[str], None] | None = None) -> Attempt:
    """Erase answers, e-mail, names and addresses of a payment, and the stored events that carry them. Return what is left.

    `erase_session` is called with the id of the session, to erase the sandbox's copies.
    Doing it again changes nothing. Raises `ResourceMissing`, and `InvalidRequest` while the payment is not settled.
    """
    attempt = store.run(lambda: _erase_attempt(store, id, now))
    # Only after that is committed: an event that is stored from now on sees it, and one that was stored before is found here.
    store.run(lambda: _erase_events(store, attempt))
    if erase_session is not None and attempt.checkout_session is not None:
        erase_session(attempt.checkout_session)
    return attempt


def _erase_attempt(store: Store, id: str, now: int) -> Attempt:
    attempt = store.attempt(id)
    if attempt is None:
        raise ResourceMissing(f"No such payment: '{id[:100]}'.", param="payment")
    if attempt.state in {"opened", "processing"}:
        raise InvalidRequest(
            f"The payment {id} is {attempt.state}. It can be erased when it is settled.", param="payment"
        )
    if attempt.erased_at is not None:
        return attempt
    after = erased(attempt, now)
    if not store.erase_attempt(after):
        raise StoreBusy
    return after


def _erase_events(store: Store, attempt: Attempt) -> None:
    for event in _events_of(store, attempt):
        store.replace_event(erased_event(event))


def erased(attempt: Attempt, now: int) -> Attempt:
    """Return the attempt without anything about a person."""
    # The address of an invoice may hold a secret of its reader.
    personal = {"prefilled_email": None, "locked_prefilled_email": None, "return_url": None}
    selection = attempt.selection.model_copy(
        update={
            "answers": Answers(),
            "url_parameters": attempt.selection.url_parameters.model_copy(update=personal),
        }
    )
    return attempt.model_copy(
        update={
            "address": None,
            "checkout_answers": None,
            "consents": (),
            "customer_address": None,
            "customer_email": None,
            "customer_name": None,
            "customer_phone": None,
            "customer_tax_ids": (),
            "erased_at": now,
            # A hash of the answers would confirm a guess of them.
            "fingerprint": f"erased {attempt.id}",
            "payment_method": None,
            "selection": selection,
            "session_params": without_personal_data(attempt.session_params),
            "session_url": None,
            "shipping_details": None,
            "tracking_number": None,
            "updated": now,
            "version": attempt.version + 1,
        }
    )


def erased_event(event: Event) -> Event:
    """Return the event without anything about a person."""
    data = event.data.model_copy(
        update={"object": without_personal_data(event.data.object), "previous_attributes": None}
    )
    return event.model_copy(update={"data": data})


def _events_of(store: Store, attempt: Attempt) -> list[Event]:
    """Return the events that name the payment by any of its ids, and those of the customer whom such an event names."""
    ids = {attempt.id, attempt.checkout_session, attempt.payment_intent, attempt.subscription}
    found = store.events_naming({id for id in ids if id})
    customers = set(_customers(found))
    return [*found, *(store.events_naming(customers) if customers else ())]


def _customers(events: Iterable[Event]) -> Iterable[str]:
    for event in events:
        customer = event.data.object.get("customer")
        if isinstance(customer, str) and customer.startswith("cus_"):
            yield customer
