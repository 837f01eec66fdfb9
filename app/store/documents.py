"""Documents: objects as JSON text in the database, and back. A stored object is read back equal."""

import json
from typing import TypeVar

from app.objects.base import Object

Kind = TypeVar("Kind", bound=Object)


def document(thing: Object) -> str:
    """Return the object as JSON text with Stripe's names."""
    return thing.model_dump_json()


def read(kind: type[Kind], text: str) -> Kind:
    """Return the object from its JSON text. Attributes that only another version knows are ignored."""
    return kind.read(json.loads(text))
