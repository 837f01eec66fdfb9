"""Documents: an object as the text of its row, and back; what is stored comes back equal."""

import json
from typing import TypeVar

from app.objects.base import Object

Kind = TypeVar("Kind", bound=Object)


def document(thing: Object) -> str:
    """The object as JSON text, every attribute under Stripe's name."""
    return thing.model_dump_json()


def read(kind: type[Kind], text: str) -> Kind:
    """The object from its text; what an older or newer version wrote beside it is passed over."""
    return kind.read(json.loads(text))
