"""An import of a thousand links, forty of them odd: it is killed, runs again, and is compared with Stripe by attribute."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from time import monotonic, sleep

import pytest

from app.objects.base import whole
from app.objects.payment_link import PaymentLink
from app.store import Store, open_store
from tests.faults import processes
from tests.gateway.stripe_shaped import LIVE_KEY
from tests.support.build import NOW, an_organization
from tests.support.http_server import served
from tests.support.odd_links import ODD, an_account, differences
from tests.support.stripe_account import StripeAccount

pytestmark = pytest.mark.faults

LINKS = 1000
STORED_BEFORE_THE_KILL = 200
WITHIN = 300
"""In seconds, for a busy machine."""


@pytest.fixture
def account() -> StripeAccount:
    account = an_account(LINKS - len(ODD))
    account.seconds = 0.05
    return account


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(f"sqlite:///{tmp_path}/counterfoil.db")
    store.migrate(NOW)
    store.add_organization(an_organization())
    return store


def every_link(store: Store) -> list[PaymentLink]:
    """Return all links as lists show them."""
    owner = store.organizations()[0].id
    found, more = store.links(owner, limit=100)
    while more:
        page, more = store.links(owner, limit=100, starting_after=found[-1].id)
        found += page
    return found


def expected(account: StripeAccount, link: dict[str, object]) -> dict[str, object]:
    """Return what the link has here, without what the odd ones change and say so."""
    odd = ODD.get(str(link["id"]).removeprefix("plink_odd_"))
    left_out = {"url", (odd.less or "").partition("[")[0] if odd else ""}
    kept = {name: value for name, value in link.items() if name not in left_out}
    switched_off = {"active": False} if odd and odd.off else {}
    return {**kept, "line_items": {"data": account.items[str(link["id"])]}, **switched_off}


def test_an_import_that_was_killed_is_continued_and_has_everything_that_stripe_has(
    account: StripeAccount, store: Store, tmp_path: Path
) -> None:
    with served(account) as stripe:
        environment = processes.clean_environment(
            DATABASE_URL=f"sqlite:///{tmp_path}/counterfoil.db",
            PUBLIC_URL="https://pay.example.com",
            SECRET_KEY="k" * 32,
            STRIPE_API_BASE=stripe,
            STRIPE_SECRET_KEY=LIVE_KEY,
        )
        command = processes.python("app", "links", "import", "--json")
        with processes.running("import", command, environment) as first:
            deadline = monotonic() + WITHIN
            while len(store.sort_keys(store.organizations()[0].id)) < STORED_BEFORE_THE_KILL:
                assert monotonic() < deadline
                assert first.poll() is None
                sleep(0.1)
            processes.kill(first)
        stored = len(every_link(store))
        account.calls.clear()
        second = subprocess.run(
            command, env=environment, cwd=processes.TOP, capture_output=True, text=True, timeout=WITHIN
        )

    report = json.loads(second.stdout)
    assert second.returncode == 3, second.stderr
    assert STORED_BEFORE_THE_KILL <= stored < LINKS, "it was killed in the middle"
    skipped = {entry["payment_link"]: entry["param"] for entry in report if entry["result"] == "skipped"}
    assert skipped == {f"plink_odd_{name}": odd.param for name, odd in ODD.items() if odd.param}
    counts = Counter(entry["result"] for entry in report)
    assert counts == {"unchanged": stored, "skipped": len(skipped), "imported": LINKS - stored - len(skipped)}
    assert account.calls["line_items"] <= LINKS - stored + 10, "what is here is not read again"

    links = {link.id: link for link in every_link(store)}
    assert list(links) == [link["id"] for link in account.links if link["id"] not in skipped], "in Stripe's order"
    wrong = {
        link["id"]: found
        for link in account.links
        if link["id"] in links and (found := differences(expected(account, link), whole(links[link["id"]])))
    }
    assert wrong == {}
    assert "of 1000 links, about" in second.stderr
    assert account.most_at_once <= 6
