"""`make bench`: measures requests to Counterfoil in turns with the smallest Flask application. The last line is JSON.

Compare only the ratios of one run, because machines are shared. `in process` is the time of a call, as the 25th percentile of many.
`served` is the processor time of the server's processes, and `answered` the time to an answer. `growth` compares a database of a
thousand links and payments with one of `BENCH_ROWS`, which takes minutes to fill. `BENCH_ROUNDS` says how many requests of each kind
are sent. With `--record`, the figures replace those of `recorded.json` and of `docs/performance.md`. With `--in-process`, only the first
table is measured.
"""

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.growth import measure_growth
from tests.bench.in_process import measure_cases
from tests.bench.paying import measure_paying
from tests.bench.record import record
from tests.bench.served import measure_served
from tests.bench.shop import open_shop, settings_of


def main(arguments: list[str]) -> None:
    """Measure everything, and print tables and one line of JSON."""
    load = round(os.getloadavg()[0], 1)
    rounds = int(os.environ.get("BENCH_ROUNDS", "200"))
    with TemporaryDirectory(prefix="counterfoil-bench-") as name:
        folder = Path(name)
        shop = open_shop(folder)
        shop.draw_cards()
        told: dict[str, Any] = {"load": load, "rounds": rounds, "results": measure_cases(shop, rounds)}
        shop.close()
        if "--in-process" in arguments:
            print(json.dumps(told))
            return
        told |= measure_served(shop, settings_of(folder), folder, rounds)
        paying = measure_paying(shop, settings_of(folder), folder, rounds)
        told["served"] |= paying["served"]
        told["answered"] = paying["answered"]
        told["growth"] = measure_growth(folder, int(os.environ.get("BENCH_ROWS", "1000000")))
    for kind in ("results", "served", "answered"):
        print(f"\n{kind:30}{'microseconds':>14}{'x hello':>10}")
        for case, figures in told[kind].items():
            print(f"{case:30}{figures['microseconds']:14.1f}{figures['x_hello']:10.2f}")
    print(f"\n{'growth':30}{'few rows':>14}{'many rows':>14}{'x few':>10}")
    for case, figures in told["growth"].items():
        print(f"{case:30}{figures['few']:14.1f}{figures['many']:14.1f}{figures['ratio']:10.2f}")
    if "--record" in arguments:
        record(told)
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
