"""The clock of everything that runs, in Unix seconds. Only entry points read it; other code gets the time as `now`."""

import time


def clock() -> int:
    """Return the present time."""
    return int(time.time())
