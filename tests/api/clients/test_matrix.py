"""Every client, from stripe-python 2.76 and stripe-node 14 to today's, makes the same calls and sees the same answers."""

from pathlib import Path

import pytest
from flask import Flask

from tests.api.clients.environments import CLIENTS, Client, NotToBeHad
from tests.api.clients.matrix import CALLS, run
from tests.api.conftest import a_shop
from tests.support.build import NOW
from tests.support.clock import Clock


@pytest.mark.external
@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_a_client_makes_every_call(
    client: Client, app: Flask, clock: Clock, address: str, pytestconfig: pytest.Config
) -> None:
    clock.now = NOW
    assert pytestconfig.cache is not None
    cache = Path(pytestconfig.cache.mkdir("clients"))
    try:
        row = run(client, a_shop(app, clock), address, cache)
    except NotToBeHad as reason:
        pytest.skip(f"{client} cannot be had here: {reason}")
    assert {call: cell.problem for call, cell in row.items() if cell.problem} == {}
    assert set(row) == set(CALLS)
