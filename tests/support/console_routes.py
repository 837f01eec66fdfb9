"""The routes of the console as the URL map has them, so that a test of all routes finds a new one by itself."""

import re
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from app.store import Store
from app.web.console.auth import Needed, needed_role
from tests.support.console_examples import EXAMPLES, EXAMPLES_AT_STRIPE, WITHOUT_EXAMPLE


@dataclass(frozen=True)
class Route:
    """One method of one route of the console, with what its view declares. `example` names its object, or is empty."""

    method: str
    rule: str
    needed: Needed
    example: str

    def path(self, ids: dict[str, str]) -> str:
        """Return the address with the ids of an organization's objects."""
        return re.sub(r"<[^>]+>", ids.get(self.example, "unknown"), self.rule)


def routes(app: Flask) -> list[Route]:
    """Return every route of the console. The context ends before a request is sent, because it would be shared with the requests."""
    with app.app_context():
        return [
            Route(method, rule.rule, needed_role(rule.endpoint), _example(rule))
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith("console.")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]


def seen_by(store: Store, organization: str) -> tuple[object, ...]:
    """Return what the store holds of an organization."""
    return (
        store.organization(organization),
        store.links(organization, limit=100),
        store.attempts(organization, limit=100),
        store.members(organization),
        store.keys(organization),
    )


def _example(rule: Rule) -> str:
    if not rule.arguments or rule.rule in WITHOUT_EXAMPLE:
        return ""
    found = re.search(r"/([^/<]+)/<", rule.rule)
    assert found is not None
    assert found[1] in {**EXAMPLES, **EXAMPLES_AT_STRIPE}, (
        f"{rule.rule} needs an example in tests/support/console_examples.py"
    )
    return found[1]
