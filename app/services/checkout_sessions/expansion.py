"""`expand[]` of a session: the link is ours and expanded here, everything else is Stripe's and sent on to Stripe."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from app.errors import InvalidRequest
from app.objects.payment_link import PaymentLink
from app.wire.expand import check_paths, expand_paths

_LINK: Final = "payment_link"


@dataclass(frozen=True)
class SessionExpand:
    """The paths for Stripe, without `data.`, and the paths inside the link. `link` is None if the link stays an id."""

    at_stripe: tuple[str, ...]
    link: tuple[str, ...] | None


def read_expand(expand: Collection[str], *, of_list: bool = False) -> SessionExpand:
    """Return the paths of `expand[]`, split. Raises `InvalidRequest` for a path that cannot be expanded inside a link."""
    at_stripe: list[str] = []
    inside: list[str] | None = None
    for path in expand_paths(expand, of_list=of_list):
        if path.segments[0] != _LINK:
            at_stripe.append(".".join(path.segments))
            continue
        inside = inside or []
        if rest := ".".join(path.segments[1:]):
            inside.append(rest)
            if not _is_expandable(rest):
                raise path.refusal("there is no such attribute of a payment link that can be expanded")
    return SessionExpand(tuple(at_stripe), None if inside is None else tuple(inside))


def listed(paths: Sequence[str]) -> list[str]:
    """Return paths as a list takes them, each behind `data.`."""
    return [f"data.{path}" for path in paths]


def _is_expandable(path: str) -> bool:
    try:
        check_paths(PaymentLink, [path])
    except InvalidRequest:
        return False
    return True
