"""What the events of a page are about is read by one statement for each kind of object, on each engine."""

from app.store import Store
from tests.store.build import an_attempt, an_event
from tests.support.build import NOW, a_link, an_organization

NOT_STORABLE = "pi_\0"


def test_outcomes_are_found_by_the_ids_of_events(store: Store) -> None:
    for number in range(3):
        event = an_event(f"evt_{number}")
        store.add_event(event, organization=None, received=NOW, payload=event.model_dump_json())
    store.mark_event("evt_1", applied=NOW, outcome="applied")
    assert store.event_outcomes(["evt_0", "evt_1", "evt_none"]) == {"evt_0": "waiting", "evt_1": "applied"}
    assert store.event_outcomes([]) == {}


def test_a_new_event_is_answered_with_the_attempt_of_its_session_and_a_stored_one_with_its_outcome(
    linked: Store,
) -> None:
    attempt = an_attempt(account="acct_1", checkout_session="cs_1")
    linked.add_attempt(attempt, "opened")
    event = an_event("evt_stored")
    linked.add_event(event, organization=None, received=NOW, payload=event.model_dump_json())
    assert linked.outcome_and_attempt("evt_new", "cs_1", "acct_1") == (None, attempt)
    for session, account in (("cs_1", None), ("cs_1", "acct_2"), ("cs_2", "acct_1"), (NOT_STORABLE, "acct_1")):
        assert linked.outcome_and_attempt("evt_new", session, account) == (None, None)
        assert linked.outcome_and_attempt("evt_stored", session, account) == ((None, "waiting"), None)
    linked.mark_event("evt_stored", applied=NOW, outcome="applied")
    assert linked.outcome_and_attempt("evt_stored", "cs_1", "acct_1") == ((NOW, "applied"), None)


def test_payments_are_found_by_their_id_their_session_or_their_payment_intent(linked: Store) -> None:
    for number in range(4):
        linked.add_attempt(
            an_attempt(
                f"att_{number}", form=f"f{number}", checkout_session=f"cs_{number}", payment_intent=f"pi_{number}"
            ),
            "opened",
        )
    found = linked.payments_named({"att_0", "cs_1", "pi_2", "cs_none", NOT_STORABLE})
    assert sorted((it.id, it.organization, it.checkout_session, it.payment_intent) for it in found) == [
        (f"att_{number}", "org_apiary", f"cs_{number}", f"pi_{number}") for number in range(3)
    ]
    assert linked.payments_named(set()) == linked.payments_named({NOT_STORABLE}) == []


def test_only_links_of_the_organization_are_found_for_it(linked: Store) -> None:
    linked.add_organization(an_organization(id="org_bakery"))
    linked.add_link(a_link(id="plink_theirs", counterfoil={"code": "theirs", "organization": "org_bakery"}))
    asked = {"plink_honey", "plink_theirs", "plink_none", NOT_STORABLE}
    assert [link.id for link in linked.links_named("org_apiary", asked)] == ["plink_honey"]
    assert linked.links_named("org_apiary", set()) == []


def test_products_are_deleted_where_an_event_of_the_organization_says_so(store: Store) -> None:
    for number, type, organization in (
        (1, "product.deleted", "org_apiary"),
        (2, "product.deleted", "org_bakery"),
        (3, "product.updated", "org_apiary"),
    ):
        event = an_event(f"evt_{number}", type, data={"object": {"id": f"prod_{number}", "object": "product"}})
        store.add_event(event, organization=organization, received=NOW, payload=event.model_dump_json())
    asked = {"prod_1", "prod_2", "prod_3", NOT_STORABLE}
    assert store.deleted_products("org_apiary", asked) == {"prod_1"}
    assert store.deleted_products("org_apiary", set()) == set()
