"""Hashes of static files. The content of an address with a hash never changes."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app


def static_hash(filename: str) -> str:
    """Return the hash of an existing static file, for the parameter `v` of its address."""
    return _content_hash(str(Path(current_app.static_folder or "") / filename))


@lru_cache(maxsize=256)
def _content_hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
