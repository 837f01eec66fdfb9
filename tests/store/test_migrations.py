"""Migrations: each step is applied once, in order and completely, on each engine."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import StoreError
from app.objects.attempt import Attempt
from app.objects.link_list import LinkFilter, LinkSums
from app.objects.order import OrderFilter, OrderSums
from app.objects.selection import Selection, UrlParameters
from app.objects.user import Member
from app.store import Engine, Store, open_engine, open_store, pending
from app.store import migrate as migrate_with
from app.store.migrations import Step
from app.store.schema import STEPS
from tests.store.build import a_user, an_attempt, an_event
from tests.store.conftest import EVERY_ENGINE
from tests.support.build import NOW, a_link, an_organization

ENGINES = EVERY_ENGINE

FIRST = Step("test: first", ("CREATE TABLE first (sequence {sequence}, word TEXT NOT NULL) {strict}",))
SECOND = Step(
    "test: second", ("ALTER TABLE first ADD COLUMN big {integer}", "INSERT INTO first (word, big) VALUES ('a', 1)")
)
BROKEN = Step(
    "test: broken", ("INSERT INTO first (word, big) VALUES ('b', 2)", "INSERT INTO nowhere (word) VALUES ('c')")
)


@pytest.fixture
def engine(bare_database: str) -> Iterator[Engine]:
    engine = open_engine(bare_database)
    yield engine
    engine.close()


@pytest.fixture
def bare_store(bare_database: str) -> Iterator[Store]:
    store = open_store(bare_database)
    yield store
    store.close()


def test_a_store_names_its_pending_steps_and_applies_each_once(bare_store: Store) -> None:
    names = [step.name for step in STEPS]
    assert bare_store.pending_migrations() == names
    assert bare_store.migrate(NOW) == names
    assert bare_store.pending_migrations() == bare_store.migrate(NOW) == []


def test_steps_are_applied_in_order_and_new_ones_later(engine: Engine) -> None:
    assert migrate_with(engine, [FIRST], NOW) == ["test: first"]
    assert pending(engine, [FIRST, SECOND]) == ["test: second"]
    assert migrate_with(engine, [FIRST, SECOND], NOW) == ["test: second"]
    assert engine.rows("SELECT sequence, word, big FROM first") == [{"sequence": 1, "word": "a", "big": 1}]


def test_a_failed_step_changes_nothing_and_stays_pending(engine: Engine) -> None:
    migrate_with(engine, [FIRST, SECOND], NOW)
    with pytest.raises(StoreError):
        migrate_with(engine, [FIRST, SECOND, BROKEN], NOW)
    assert pending(engine, [FIRST, SECOND, BROKEN]) == ["test: broken"]
    assert [row["word"] for row in engine.rows("SELECT word FROM first")] == ["a"]


def test_packages_with_their_own_steps_share_a_database(bare_store: Store, engine: Engine) -> None:
    migrate_with(engine, [FIRST], NOW)
    assert bare_store.pending_migrations() == [step.name for step in STEPS]
    bare_store.migrate(NOW)
    assert pending(engine, [FIRST]) == bare_store.pending_migrations() == []


def test_a_database_of_a_newer_version_is_not_changed(bare_store: Store, engine: Engine) -> None:
    bare_store.migrate(NOW)
    migrate_with(engine, [FIRST], NOW)
    assert bare_store.migrate(NOW) == []


def test_attempts_of_an_earlier_version_are_found_by_their_flags(bare_store: Store, engine: Engine) -> None:
    later = [step.name for step in STEPS].index("attempts of an organization")
    migrate_with(engine, STEPS[:later], NOW)
    add_as_an_earlier_version(
        engine, an_attempt(), an_attempt("att_2", flags=("amount_mismatch",)), an_attempt("att_3")
    )
    bare_store.migrate(NOW)
    assert [attempt.id for attempt in bare_store.attempts("org_apiary", flagged=True)[0]] == ["att_2"]
    assert len(bare_store.attempts("org_apiary", flagged=False)[0]) == 2


def test_attempts_of_an_earlier_version_are_found_by_account_mode_age_and_closed_link(
    bare_store: Store, engine: Engine
) -> None:
    migrate_with(engine, STEPS[: [step.name for step in STEPS].index("attempts by account and time")], NOW)
    add_as_an_earlier_version(
        engine,
        an_attempt("att_1", account="acct_1", created=NOW - 5),
        an_attempt("att_2", account="acct_1", created=NOW - 7),
        an_attempt("att_3", livemode=True, created=NOW - 9),
        closes_at=NOW,
    )
    bare_store.migrate(NOW)
    assert bare_store.accounts_with_open_attempts(livemode=False) == ["acct_1"]
    assert bare_store.accounts_with_open_attempts(livemode=True) == [None]
    assert bare_store.oldest_open_attempt("acct_1", livemode=False) == NOW - 7
    assert bare_store.oldest_open_attempt(None, livemode=True) == NOW - 9
    closed = [attempt.id for attempt in bare_store.attempts_of_closed_links(NOW, livemode=False)]
    assert closed == ["att_1", "att_2"]
    assert bare_store.attempts_of_closed_links(NOW - 1, livemode=False) == []


def test_the_migration_separates_the_payments_of_earlier_versions(bare_store: Store, engine: Engine) -> None:
    migrate_with(engine, STEPS[: [step.name for step in STEPS].index("attempts by account and time")], NOW)
    paid: dict[str, Any] = {"state": "paid", "paid_at": NOW, "customer_name": "Mary Bee"}
    came = Selection(url_parameters=UrlParameters(utm_source="newsletter"))
    add_as_an_earlier_version(
        engine,
        an_attempt("att_test", amount_total=1000, **paid),
        an_attempt("att_live", amount_total=700, livemode=True, selection=came, **paid),
        an_attempt("att_open", livemode=True),
    )
    bare_store.migrate(NOW)
    for livemode, id, total in ((True, "att_live", 700), (False, "att_test", 1000)):
        for chosen in (OrderFilter(livemode=livemode), OrderFilter(livemode=livemode, words=("mary",))):
            assert [order.id for order in bare_store.orders("org_apiary", chosen).rows] == [id]
        assert bare_store.sum_orders("org_apiary", OrderFilter(livemode=livemode)) == OrderSums(1, (("eur", total),))
        assert bare_store.sum_links("org_apiary", LinkFilter(livemode=livemode)) == LinkSums(1, 1, (("eur", total),))
    assert bare_store.link_origins("org_apiary", "plink_honey", 5, livemode=True) == [("newsletter", 1)]
    assert bare_store.link_origins("org_apiary", "plink_honey", 5, livemode=False) == [("", 1)]
    assert bare_store.count_started("plink_honey", 100, livemode=True) == 2


def add_as_an_earlier_version(engine: Engine, *attempts: Attempt, closes_at: int | None = None) -> None:
    """Store attempts at a link like a version without the newer columns."""
    organization, link = an_organization(), a_link(counterfoil={"closes_at": closes_at})
    engine.execute(
        "INSERT INTO organizations (id, document) VALUES (:id, :document)",
        {"id": organization.id, "document": organization.model_dump_json()},
    )
    engine.execute(
        "INSERT INTO payment_links (id, organization, active, version, places, completed, document) "
        "VALUES (:id, :organization, 1, 1, 0, 0, :document)",
        {"id": link.id, "organization": organization.id, "document": link.model_dump_json()},
    )
    for attempt in attempts:
        values = {
            **dict.fromkeys(("form", "fingerprint", "token"), attempt.id),
            "id": attempt.id,
            "expires_at": attempt.expires_at,
            "state": attempt.state,
            "document": attempt.model_dump_json(),
        }
        engine.execute(
            "INSERT INTO attempts (id, organization, payment_link, form, fingerprint, token, state, live, place, expires_at, "
            "version, document) VALUES (:id, 'org_apiary', 'plink_honey', :form, :fingerprint, :token, :state, 1, 'none', "
            ":expires_at, 1, :document)",
            values,
        )


def test_an_event_of_an_earlier_version_keeps_the_text_that_stripe_sent(bare_store: Store, engine: Engine) -> None:
    before = [step.name for step in STEPS].index("one document for each event")
    migrate_with(engine, STEPS[:before], NOW)
    sent, made = an_event(), an_event("evt_2", "payment_link.created")
    for event, payload in ((sent, sent.model_dump_json().replace("{", '{"context": "new", ', 1)), (made, None)):
        engine.execute(
            "INSERT INTO events (id, type, received, outcome, payload, document) "
            "VALUES (:id, :type, 0, 'waiting', :payload, :document)",
            {"id": event.id, "type": event.type, "payload": payload, "document": event.model_dump_json()},
        )
    bare_store.migrate(NOW)
    assert (bare_store.event(sent.id), bare_store.event(made.id)) == (sent, made)
    stored = engine.rows("SELECT document FROM events WHERE id = :id", {"id": sent.id})
    assert '"context": "new"' in stored[0]["document"]


def test_users_of_an_earlier_version_own_their_organization(bare_store: Store, engine: Engine) -> None:
    before = [step.name for step in STEPS].index("members of organizations")
    migrate_with(engine, STEPS[:before], NOW)
    organization, user = an_organization(), a_user()
    engine.execute(
        "INSERT INTO organizations (id, document) VALUES (:id, :document)",
        {"id": organization.id, "document": organization.model_dump_json()},
    )
    engine.execute(
        "INSERT INTO users (id, organization, email, document) VALUES (:id, :organization, :email, :document)",
        {**user.model_dump(include={"id", "organization", "email"}), "document": user.model_dump_json()},
    )
    bare_store.migrate(NOW)
    owner = Member(created=user.created, organization=organization.id, role="owner", user=user.id)
    assert bare_store.members(organization.id) == [owner]
    assert bare_store.memberships(user.id) == [(owner, organization)]


def test_links_of_an_earlier_version_stay_in_their_order_and_new_ones_come_first(
    bare_store: Store, engine: Engine
) -> None:
    before = [step.name for step in STEPS].index("order of links, and imported links")
    migrate_with(engine, STEPS[:before], NOW)
    organization = an_organization()
    engine.execute(
        "INSERT INTO organizations (id, document) VALUES (:id, :document)",
        {"id": organization.id, "document": organization.model_dump_json()},
    )
    for number in (1, 2):
        link = a_link(id=f"plink_{number}", counterfoil={"code": f"code-{number}"})
        engine.execute(
            "INSERT INTO payment_links (id, organization, active, version, places, completed, document) "
            "VALUES (:id, :organization, 1, 1, 0, 0, :document)",
            {"id": link.id, "organization": organization.id, "document": link.model_dump_json()},
        )
    bare_store.migrate(NOW)
    bare_store.add_link(a_link(id="plink_3", counterfoil={"code": "code-3"}))
    links, _ = bare_store.links(organization.id)
    assert [link.id for link in links] == ["plink_3", "plink_2", "plink_1"]


def test_a_document_that_an_earlier_version_changes_gets_a_new_edition(bare_store: Store, engine: Engine) -> None:
    bare_store.migrate(NOW)
    organization, link = an_organization(), a_link()
    bare_store.add_organization(organization)
    bare_store.add_link(link)
    code = link.counterfoil.code
    for table, id in (("organizations", organization.id), ("payment_links", link.id)):
        before, edition = bare_store.page_state(code), edition_of(engine, table, id)
        engine.execute(f"UPDATE {table} SET document = document || ' ' WHERE id = :id", {"id": id})
        assert edition_of(engine, table, id) not in {edition, ""}
        assert bare_store.page_state(code) != before


def test_a_document_that_stays_the_same_keeps_its_edition_and_a_new_edition_is_kept(
    bare_store: Store, engine: Engine
) -> None:
    bare_store.migrate(NOW)
    organization = an_organization()
    bare_store.add_organization(organization)
    edition = edition_of(engine, "organizations", organization.id)
    engine.execute("UPDATE organizations SET document = document")
    assert edition_of(engine, "organizations", organization.id) == edition
    engine.execute("UPDATE organizations SET document = document || ' ', edition = 'next'")
    assert edition_of(engine, "organizations", organization.id) == "next"


def edition_of(engine: Engine, table: str, id: str) -> str:
    (row,) = engine.rows(f"SELECT edition FROM {table} WHERE id = :id", {"id": id})
    return str(row["edition"])


def test_step_names_are_unique() -> None:
    names = [step.name for step in STEPS]
    assert len(names) == len(set(names))
