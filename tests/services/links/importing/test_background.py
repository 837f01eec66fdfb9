"""An import that runs outside of requests: its progress, its report, and its continuation after a kill."""

import pytest

from app.errors import InvalidRequest
from app.gateway.network.pace import Pace
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.change import COMMAND_LINE
from app.objects.import_run import ImportRun
from app.services.links.importing.background import REPORTED, SILENT_SECONDS, continue_import, start_import
from app.services.links.importing.run import PAGE
from app.store import Store
from tests.gateway.stripe_shaped import KEY
from tests.services.links.importing.runs import SETTINGS, an_account
from tests.support.build import NOW
from tests.support.restricted_key import END_OF_KEY, RestrictedKey
from tests.support.stripe_account import StripeAccount, a_link


def gateway(account: StripeAccount | RestrictedKey, *, sandbox: bool = False) -> StripeGateway:
    client = WSGIClient(account)
    return StripeGateway(
        KEY, webhook_secret=None, http_client=client, max_network_retries=0, pace=Pace(10_000), sandbox=sandbox
    )


def start(store: Store, account: StripeAccount, now: int = NOW, *, update: bool = False) -> ImportRun | None:
    organization = store.organizations()[0]
    return start_import(store, gateway(account), organization, now, actor=COMMAND_LINE, update=update)


def go_on(store: Store, account: StripeAccount | RestrictedKey, run: ImportRun, pages: int | None = None) -> ImportRun:
    """Continue an import for some pages, or to its end. Store it after each page, as the server does."""
    for number, after in enumerate(continue_import(store, gateway(account), run, NOW, settings=SETTINGS), 1):
        run = after
        assert store.save_import_run(run)
        if number == pages:
            break
    return run


def many(number: int) -> StripeAccount:
    account = an_account(*(a_link(f"plink_{index}") for index in range(number)))
    account.page, account.per_second = PAGE, 10_000
    return account


def test_an_import_shows_how_far_it_is_and_ends_with_a_report(store: Store) -> None:
    account = many(PAGE + 1)
    account.refused.add("plink_3")
    run = start(store, account)
    assert run is not None
    first = go_on(store, account, run, pages=1)
    assert (first.state, first.done, first.total, first.imported, first.skipped) == ("running", 100, 101, 99, 1)
    ended = go_on(store, account, first)
    assert (ended.state, ended.done, ended.imported, ended.skipped) == ("ended", 101, 100, 1)
    (left_out,) = ended.left_out
    assert (left_out.id, left_out.reason) == ("plink_3", "Refused: resource_missing.")


def test_a_second_import_is_refused_until_the_first_is_over(store: Store) -> None:
    account = many(2)
    run = start(store, account)
    assert run is not None
    assert start(store, account) is None
    go_on(store, account, run)
    assert start(store, account) is not None


def test_an_import_that_shows_no_progress_for_long_can_be_replaced_and_then_stops(store: Store) -> None:
    account = many(2)
    run = start(store, account)
    assert run is not None
    assert start(store, account, NOW + SILENT_SECONDS) is None
    assert start(store, account, NOW + SILENT_SECONDS + 1) is not None
    assert not store.save_import_run(run), "the replaced one no longer stores its progress"


def test_a_killed_import_goes_on_and_counts_each_link_once(store: Store) -> None:
    account = many(2 * PAGE)
    account.refused.add("plink_3")
    run = start(store, account)
    assert run is not None
    go_on(store, account, run, pages=1)
    (found,) = store.running_imports()
    account.calls.clear()
    ended = go_on(store, account, found)
    assert (ended.state, ended.imported, ended.skipped, len(ended.left_out)) == ("ended", 199, 1, 1)
    assert account.calls["line_items"] == PAGE + 1, "stored links are not read again"
    assert store.running_imports() == []


def test_an_import_stops_with_the_reason_when_stripe_refuses_and_can_start_again(store: Store) -> None:
    run = start(store, many(1))
    assert run is not None
    stopped = go_on(store, RestrictedKey("payment_links read"), run)
    assert stopped.state == "stopped"
    assert stopped.problem is not None
    assert "rak_payment_link_read" in stopped.problem
    assert END_OF_KEY not in stopped.problem
    again = start(store, many(1))
    assert again is not None
    assert go_on(store, many(1), again).imported == 1


def test_links_that_changed_at_stripe_are_updated_on_request(store: Store) -> None:
    account = many(2)
    run = start(store, account)
    assert run is not None
    go_on(store, account, run)
    account.links[0]["metadata"] = {"shop": "north"}
    for update, expected in ((False, 0), (True, 1)):
        again = start(store, account, update=update)
        assert again is not None
        ended = go_on(store, account, again)
        assert (ended.imported, ended.updated_links) == (0, expected)


def test_a_report_names_some_of_many_links_and_counts_all(store: Store) -> None:
    account = many(REPORTED + 5)
    account.refused = {link["id"] for link in account.links}
    run = start(store, account)
    assert run is not None
    ended = go_on(store, account, run)
    assert (ended.skipped, len(ended.left_out)) == (REPORTED + 5, REPORTED)


def test_the_sandbox_has_nothing_to_import(store: Store) -> None:
    organization = store.organizations()[0]
    with pytest.raises(InvalidRequest, match="STRIPE_SECRET_KEY"):
        start_import(store, gateway(many(1), sandbox=True), organization, NOW, actor=COMMAND_LINE, update=False)
    assert store.import_run(organization.id) is None
