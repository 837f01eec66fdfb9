"""Prints which call works with which client, and how many milliseconds it took: `python -m tests.api.clients [CACHE]`."""

import sys
import tempfile
from pathlib import Path

from app.application import assemble
from app.config import read_config
from tests.api.clients.environments import CLIENTS, NotToBeHad
from tests.api.clients.matrix import CALLS, Cell, run
from tests.api.conftest import a_shop
from tests.support.build import NOW
from tests.support.clock import Clock
from tests.support.http_server import served

CACHE = Path(__file__).parents[3] / ".pytest_cache" / "d" / "clients"
"""Where the tests keep the environments."""


def main(cache: Path) -> int:
    """Print the matrix. Return how many calls failed."""
    rows: dict[str, dict[str, Cell]] = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": f"sqlite:///{folder}/counterfoil.db", "PUBLIC_URL": "https://pay.example.com"}
        clock = Clock()
        app = assemble(read_config(environment, data=Path(folder)), now=clock)
        app.extensions["counterfoil"].store.migrate(NOW)
        with served(app) as address:
            for client in CLIENTS:
                try:
                    rows[str(client)] = run(client, a_shop(app, clock), address, cache)
                except NotToBeHad as reason:
                    print(f"{client} cannot be had here: {reason}", file=sys.stderr)
        app.extensions["counterfoil"].store.close()
    print("| call, in ms | " + " | ".join(rows) + " |")
    print("| --- |" + " --: |" * len(rows))
    for call in CALLS:
        print(f"| {call.replace('_', ' ')} | " + " | ".join(_shown(row[call]) for row in rows.values()) + " |")
    failed = [(name, call, cell.problem) for name, row in rows.items() for call, cell in row.items() if cell.problem]
    print(f"\n{len(rows)} clients, {sum(map(len, rows.values()))} calls, {len(failed)} failed")
    for name, call, problem in failed:
        print(f"{name}, {call}: {problem}")
    return len(failed)


def _shown(cell: Cell) -> str:
    return "**failed**" if cell.problem else f"{cell.milliseconds:.0f}"


if __name__ == "__main__":
    sys.exit(bool(main(Path(sys.argv[1]) if len(sys.argv) > 1 else CACHE)))
