"""An import that was started in the console goes on in another process after its server was killed."""

from pathlib import Path
from time import monotonic, sleep

import pytest

from app.gateway.stripe_gateway import StripeGateway
from app.objects.change import COMMAND_LINE
from app.objects.import_run import ImportRun
from app.services.links.importing.background import start_import
from app.store import Store, open_store
from tests.faults import processes
from tests.faults.nodes import a_node
from tests.gateway.stripe_shaped import KEY
from tests.support.build import NOW, an_organization
from tests.support.http_server import served
from tests.support.stripe_account import StripeAccount, a_link

pytestmark = pytest.mark.faults

LINKS = 250
WITHIN = 240
"""In seconds, for a busy machine."""


def newest(store: Store) -> ImportRun:
    run = store.import_run("org_apiary")
    assert run is not None
    return run


def wait_for(store: Store, done: int, state: str) -> ImportRun:
    """Wait until so many links are done in this state."""
    deadline = monotonic() + WITHIN
    while (run := newest(store)).done < done or run.state != state:
        assert monotonic() < deadline, run
        sleep(0.2)
    return run


def wait_for_the_last_call(account: StripeAccount) -> None:
    """Wait until the calls that a killed server had sent are answered and counted."""
    counted = -1
    while counted != account.calls.total():
        counted = account.calls.total()
        sleep(20 * account.seconds)


def test_an_import_whose_server_was_killed_is_finished_by_the_next_one(tmp_path: Path) -> None:
    account = StripeAccount()
    account.seconds = 0.05
    for number in range(LINKS):
        account.add(a_link(f"plink_{number}"))
    account.refused.add("plink_7")
    with served(account) as stripe:
        settings = {
            "DATABASE_URL": f"sqlite:///{tmp_path}/counterfoil.db",
            "PUBLIC_URL": "http://localhost",
            "SECRET_KEY": "k" * 32,
            "STRIPE_API_BASE": stripe,
            "STRIPE_SECRET_KEY": KEY,
        }
        store = open_store(settings["DATABASE_URL"])
        store.migrate(NOW)
        organization = an_organization()
        store.add_organization(organization)
        with a_node(processes.free_port(), settings, workers=2) as first:
            gateway = StripeGateway(KEY, webhook_secret=None, api_base=stripe)
            assert start_import(store, gateway, organization, NOW, actor=COMMAND_LINE, update=False)
            wait_for(store, 100, "running")
            processes.kill(first)
        wait_for_the_last_call(account)
        stored = len(store.sort_keys("org_apiary"))
        assert 99 <= stored < LINKS - 1, "it was killed in the middle"
        account.calls.clear()
        with a_node(processes.free_port(), settings, workers=2):
            run = wait_for(store, LINKS, "ended")
        store.close()
    assert (run.imported + run.skipped, run.skipped, [it.id for it in run.left_out]) == (LINKS, 1, ["plink_7"])
    assert account.calls["line_items"] <= LINKS - stored + 1, "stored links are not read again"
