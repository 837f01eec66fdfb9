"""A URL rule that is compiled once for each process, because an application compiles more than a hundred of them at its start."""

from typing import Any, Final

from werkzeug.routing import Rule

_COMPILED: Final = ("arguments", "_trace", "_parts", "_converters")
"""The attributes that `Rule.compile` writes, besides the two URL builders."""

_rules: Final[dict[tuple[object, ...], "SharedRule"]] = {}


class SharedRule(Rule):
    """A rule that shares what it is compiled to with equal rules of other applications.

    This depends only on the text of the rule, its defaults and the settings of the map. A builder gets the rule itself as an
    argument. A converter keeps the map of the first of the equal rules, which neither Werkzeug's converters nor ours use.
    """

    def compile(self) -> None:
        """Compile the rule, or take over what an equal rule was compiled to."""
        domain = self.host if self.map.host_matching else self.subdomain
        converters = tuple(self.map.converters.items())
        key = (domain, self.rule, self.merge_slashes, repr(self.defaults), converters)
        equal = _rules.get(key)
        if equal is None:
            super().compile()
            _rules[key] = self
            return
        for name in _COMPILED:
            setattr(self, name, getattr(equal, name))
        for name in ("_build", "_build_unknown"):
            builder: Any = getattr(equal, name)
            setattr(self, name, builder.__func__.__get__(self, None))
