"""Several server processes that keep pages and previews show what another process has changed with the very next request."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import requests

from app.objects.payment_link import PaymentLink
from app.store import Store, open_store
from tests.faults.nodes import a_node
from tests.faults.processes import free_port
from tests.support.build import NOW, a_link, an_organization
from tests.support.postgresql import new_database

pytestmark = pytest.mark.faults

numbers = count(1)
HTMX = {"HX-Request": "true"}
REQUESTS = 8
"""Each opens a connection of its own, so that each worker answers some."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/counterfoil.db"
        return
    with new_database(request.getfixturevalue("postgresql_server"), f"kept_{next(numbers)}") as address:
        yield address


def changed(store: Store, link: PaymentLink, **attributes: object) -> PaymentLink:
    """Save a link with other attributes, as the next version."""
    ours = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    link = link.model_copy(update={**attributes, "counterfoil": ours})
    assert store.save_link(link)
    return link


def test_no_process_answers_with_a_page_or_a_preview_that_another_one_has_outdated(database: str) -> None:
    store = open_store(database)
    store.migrate(NOW)
    store.add_organization(an_organization())
    link = a_link(restrictions={"completed_sessions": {"limit": 50, "count": 0}})
    store.add_link(link)
    ports = [free_port(), free_port()]
    settings = {"DATABASE_URL": database, "RATE_LIMIT_PREVIEW": "1000/minute", "SECRET_KEY": "k" * 32}

    def answers() -> set[tuple[int, bool]]:
        """Return the status of the page and of its preview, and whether they name the new merchant, from every process."""
        found = set()
        for port in ports:
            address = f"http://127.0.0.1:{port}/pay/honey"
            for _ in range(REQUESTS):
                page = requests.get(address, timeout=30)
                preview = requests.post(f"{address}/preview", {"everything": "on"}, headers=HTMX, timeout=30)
                found |= {(answer.status_code, "Valley Apiary" in answer.text) for answer in (page, preview)}
        return found

    with ExitStack() as nodes:
        for port in ports:
            nodes.enter_context(a_node(port, settings, workers=2))
        assert answers() == {(200, False)}
        store.save_organization(an_organization(name="Valley Apiary"))
        assert answers() == {(200, True)}
        link = changed(store, link, active=False)
        assert answers() == {(410, True)}
        link = changed(store, link, active=True)
        assert answers() == {(200, True)}
        for _ in range(50):
            assert store.hold_place(link.id)
            assert store.complete_place(link.id)
        assert answers() == {(410, True)}
        store.uncomplete_place(link.id)
        assert answers() == {(200, True)}
    store.close()
