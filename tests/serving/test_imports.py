"""The thread that runs the console's imports: one process at a time, and another one after a kill."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.application import assemble
from app.config import read_config
from app.objects.change import COMMAND_LINE
from app.services.links.importing.background import start_import
from app.serving.imports import LEASE_SECONDS, import_when_wanted, run_imports
from app.web.http.context import EXTENSION, Context
from tests.gateway.stripe_shaped import KEY, a_list, answering
from tests.support.build import an_organization
from tests.support.clock import Clock
from tests.support.http_server import served
from tests.support.migrated import migrated_database
from tests.support.stripe_account import StripeAccount, a_link

WITHIN = 30
"""In seconds, for a busy machine."""


class Server:
    """A server with a Stripe key. `address` is that of its Stripe."""

    def __init__(self, folder: Path, address: str) -> None:
        environment = {
            "DATABASE_URL": migrated_database(folder / "counterfoil.db"),
            "PUBLIC_URL": "http://localhost",
            "SECRET_KEY": "k" * 32,
            "STRIPE_API_BASE": address,
            "STRIPE_SECRET_KEY": KEY,
        }
        self.clock = Clock()
        self.app = assemble(read_config(environment, data=folder), now=self.clock)
        self.context: Context = self.app.extensions[EXTENSION]
        self.context.store.add_organization(an_organization())

    def start(self) -> None:
        context = self.context
        organization = context.store.organizations()[0]
        assert start_import(
            context.store, context.gateway, organization, self.clock(), actor=COMMAND_LINE, update=False
        )

    @property
    def state(self) -> str:
        run = self.context.store.import_run("org_apiary")
        assert run is not None
        return run.state


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    account = StripeAccount()
    for number in range(3):
        account.add(a_link(f"plink_{number}"))
    with served(account) as address:
        yield Server(tmp_path, address)


def test_a_started_import_is_run_at_once_by_the_thread(server: Server) -> None:
    ended = threading.Event()
    thread = import_when_wanted(server.app, seconds=60, ended=ended)
    server.start()
    server.context.import_wanted.set()
    for _ in range(WITHIN * 20):
        if server.state != "running":
            break
        threading.Event().wait(0.05)
    ended.set()
    server.context.import_wanted.set()
    thread.join(WITHIN)
    assert server.state == "ended"
    assert len(server.context.store.sort_keys("org_apiary")) == 3


def test_an_import_of_a_process_that_was_killed_goes_on_when_its_lease_is_over(server: Server) -> None:
    server.start()
    now = server.clock()
    assert server.context.store.take_lease("import org_apiary", "killed", now, now + LEASE_SECONDS)
    assert run_imports(server.context, "other") == 0
    assert server.state == "running"
    server.clock.now += LEASE_SECONDS
    assert run_imports(server.context, "other") == 1
    assert server.state == "ended"


def test_after_an_import_its_lease_is_free_for_every_process(server: Server) -> None:
    server.start()
    assert run_imports(server.context, "first") == 1
    server.start()
    assert run_imports(server.context, "second") == 1


def test_an_unexpected_error_stops_the_import_with_a_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with served(answering(a_list({"object": "payment_link"}))) as address:  # a link without an id
        server = Server(tmp_path, address)
        server.start()
        assert run_imports(server.context, "first") == 1
    run = server.context.store.import_run("org_apiary")
    assert run is not None
    problem = "The import cannot go on (KeyError). The log of the server says more."
    assert (run.state, run.problem) == ("stopped", problem)
    assert "import failed" in caplog.text
