"""The PostgreSQL for tests is real and leaves nothing behind."""

from pathlib import Path

import psycopg
import pytest

from tests.support.postgresql import new_database, running_server


@pytest.mark.postgresql
def test_a_server_starts_answers_and_leaves_nothing_behind() -> None:
    with running_server() as server:
        folder = Path(server.rpartition("host=")[2])
        with new_database(server, "counterfoil") as address, psycopg.connect(address) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("counterfoil",)
        assert folder.exists()
    assert not folder.exists()
