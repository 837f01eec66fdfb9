"""Threads that a worker keeps for as long as its process lives."""

import threading
from collections.abc import Callable
from typing import Any


def start_thread(name: str, work: Callable[..., None], *values: Any) -> threading.Thread:
    """Start a thread that does this work and ends with the process."""
    thread = threading.Thread(target=work, args=values, name=name, daemon=True)
    thread.start()
    return thread
