"""Stripe's search query language: `status:"active" AND metadata["order"]:"6735"`. Pure.

Clauses are joined by `AND` (or a space) or by `OR`, not by both. A minus sign negates a clause. `:` is equality, `~` is a part of a text,
and numbers are compared by `>`, `<`, `>=`, `<=` and `=`. Text matches in any case.
"""

import operator
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from app.errors import InvalidRequest
from app.objects.scalars import abbreviate

Matches = Callable[[Mapping[str, Any]], bool]

SHORTEST_PART: Final = 3
"""The shortest text that `~` searches for."""

MAXIMUM_CLAUSES: Final = 10
NO_PATHS: Final[Mapping[str, str]] = {}

_TEXT: Final = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_CLAUSE: Final = re.compile(
    rf"(?P<minus>-?)(?:metadata\[(?P<key>{_TEXT})\]|(?P<field>[a-z0-9_.]+))\s*(?P<sign>>=|<=|[:~<>=])\s*"
    rf"(?P<value>{_TEXT}|[^\s\"']+)",
    re.IGNORECASE,
)
_JOINT: Final = re.compile(r"\s+(?:(AND|OR)\s+)?", re.IGNORECASE)

_COMPARISONS: Final = {
    ":": operator.eq,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


@dataclass(frozen=True)
class _Clause:
    path: tuple[str, ...]
    sign: str
    value: str | None
    negated: bool

    def matches(self, document: Mapping[str, Any]) -> bool:
        return self._is_true(_value_at(document, self.path)) != self.negated

    def _is_true(self, found: Any) -> bool:
        if self.value is None:
            return found is None
        if found is None:
            return False
        if self.sign == "~":
            return self.value.lower() in _plain(found)
        if not _is_number(found):
            return _plain(found) == self.value.lower()
        return bool(_COMPARISONS[self.sign](found, int(self.value)))


def parse_query(query: str, fields: Mapping[str, type], paths: Mapping[str, str] = NO_PATHS) -> Matches:
    """Return the function that says whether a document matches a query. `fields` are the names that it may use, with their types.

    `paths` has the path of each field that is not at its own name. Raises `InvalidRequest`.

    For example `parse_query('amount>1000', {"amount": int})`.
    """
    clauses: list[_Clause] = []
    joints: Set[str] = set()
    at, text = 0, query.strip()
    while True:
        found = _CLAUSE.match(text, at)
        if found is None:
            raise _refusal(f"it can't be read from “{abbreviate(text[at:])}” on")
        clauses.append(_clause(found, fields, paths))
        if found.end() == len(text):
            break
        joint = _JOINT.match(text, found.end())
        if joint is None:
            raise _refusal(f"it can't be read from “{abbreviate(text[found.end() :])}” on")
        joints = joints | {(joint[1] or "AND").upper()}
        at = joint.end()
    if len(joints) > 1:
        raise _refusal("AND and OR can't be combined")
    if len(clauses) > MAXIMUM_CLAUSES:
        raise _refusal(f"it has more than {MAXIMUM_CLAUSES} clauses")
    join = any if joints == {"OR"} else all
    return lambda document: join(clause.matches(document) for clause in clauses)


def _clause(found: re.Match[str], fields: Mapping[str, type], paths: Mapping[str, str]) -> _Clause:
    sign, raw = found["sign"], found["value"]
    is_quoted = raw[0] in "\"'"
    value = _unquoted(raw) if is_quoted else None if raw.lower() == "null" else raw
    key, field = found["key"], (found["field"] or "").lower()
    if key is None and field not in fields:
        raise _refusal(f"there is no field “{abbreviate(field)}” to search")
    kind = str if key is not None else fields[field]
    name = "metadata" if key is not None else field
    if value is None:
        if sign != ":":
            raise _refusal("null can only be compared by “:”")
    elif kind is int:
        if sign == "~" or not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise _refusal(f"{name} is a number")
    elif sign not in (":", "~"):
        raise _refusal(f"{name} is a text, so it is compared by “:” or “~”")
    elif kind is bool and value.lower() not in ("true", "false"):
        raise _refusal(f"{name} is true or false")
    elif sign == "~" and len(value) < SHORTEST_PART:
        raise _refusal(f"a part has at least {SHORTEST_PART} characters")
    path = ("metadata", _unquoted(key)) if key is not None else tuple(paths.get(field, field).split("."))
    return _Clause(path, sign, value, negated=found["minus"] == "-")


def _value_at(document: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(value: Any) -> str:
    return str(value).lower()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _refusal(reason: str) -> InvalidRequest:
    return InvalidRequest(
        f'This query can\'t be searched for: {reason}. Write metadata["key"]:"value" or field:"value", joined by AND or OR.',
        param="query",
    )
