"""Pages of a list, by the API's own names: `starting_after` leads to what is older, `ending_before` to what is newer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import request

from app.wire.errors import validate
from app.wire.lists import Page

Asked = TypeVar("Asked", bound=Page)

ROWS: Final = 25


@dataclass(frozen=True)
class Neighbours:
    """The cursors of the pages beside this one; None where there is none."""

    newer: str | None
    older: str | None


def asked_page(schema: type[Asked], **filters: Any) -> Asked:
    """The page that the address asks for; of two cursors the first one counts. Raises `InvalidRequest`."""
    cursors = ((name, request.args.get(name)) for name in ("starting_after", "ending_before"))
    cursor = next(((name, value) for name, value in cursors if value), None)
    return validate(schema, {"limit": ROWS, **filters, **dict([cursor] if cursor else [])})


def neighbours(ids: Sequence[str], asked: Page, more: bool) -> Neighbours:
    """The pages beside one with these ids, of which `more` follow in the direction that was asked for."""
    if not ids:
        return Neighbours(None, None)
    backwards = asked.ending_before is not None
    has_newer = more if backwards else asked.starting_after is not None
    has_older = backwards or more
    return Neighbours(ids[0] if has_newer else None, ids[-1] if has_older else None)
