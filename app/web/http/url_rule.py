"""A URL rule that is compiled once for each process, because an application compiles more than a hundred of them at its start."""

from collections.abc import Callable
from typing import Any, Final

from werkzeug.routing import Rule

_builders: Final[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}


class SharedRule(Rule):
    """A rule that shares its URL builder with equal rules of other applications.

    A builder depends only on the text of the rule and its defaults. It gets the rule itself as an argument.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, append_unknown, repr(self.defaults), repr(self._trace))
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        found: Any = _builders[key]
        return found  # type: ignore[no-any-return]
