"""An import of Stripe's links that runs outside of requests: how far it is, and its report."""

from typing import Literal

from app.objects.base import Object
from app.objects.change import Actor
from app.objects.scalars import Timestamp


class LinkReport(Object):
    """What the report says about one link: why it was left out, or what differs from Stripe. `param` is the parameter at fault."""

    id: str
    param: str | None = None
    reason: str


class ImportRun(Object):
    """The newest import of an organization. `done` of `total` links of the account were looked at.

    `state` is `running`, `ended`, or `stopped` where Stripe could not be asked; then `problem` says why. `updated` is when it last
    showed progress. A report names at most some of the links that were left out; `skipped` counts all of them.
    """

    id: str
    actor: Actor
    created: Timestamp
    done: int = 0
    imported: int = 0
    left_out: tuple[LinkReport, ...] = ()
    noted: tuple[LinkReport, ...] = ()
    organization: str
    problem: str | None = None
    skipped: int = 0
    state: Literal["running", "ended", "stopped"] = "running"
    total: int | None = None
    update: bool = False
    updated: Timestamp
    updated_links: int = 0
