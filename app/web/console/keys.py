"""The API keys in the settings: what each may do, when it was used last, a new one, and the end of one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import flash, get_flashed_messages, redirect, url_for
from flask.typing import ResponseReturnValue

from app.objects.organization import Key, Scope
from app.services.accounts import keys
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.forms import KeyForm
from app.web.display.moments import short_moment
from app.web.display.translation import gettext as _

_SECRET: Final = "secret of a new key"  # noqa: S105 - a category of messages, not a secret


@dataclass(frozen=True)
class KeyRow:
    """One row of the list. `ended` says why the key no longer works, and is None for a key that works."""

    id: str
    name: str
    last4: str
    scope: str
    made: str
    last_used: str
    ended: str | None


@blueprint.get("/settings/keys")
@needs("viewer")
def keys_page() -> ResponseReturnValue:
    """Show the keys. The one that was just made is shown with its secret, once."""
    return _page(require_visitor(), KeyForm())


@blueprint.post("/settings/keys")
@needs("owner")
def create_key() -> ResponseReturnValue:
    """Make a key."""
    visitor, form = require_visitor(), KeyForm()
    if not form.validate():
        return _page(visitor, form, INVALID)
    store, organization = visitor.context.store, visitor.organization.id
    scope: Scope = "write" if form.scope.data == "write" else "read"
    _key, secret = keys.create_key(
        store, organization, visitor.now, actor=visitor.actor, name=form.name.data, scope=scope
    )
    flash(secret, _SECRET)
    return redirect(url_for("console.keys_page"), 303)


@blueprint.get("/settings/keys/<id>/revoke")
@needs("owner")
def confirm_revocation(id: str) -> ResponseReturnValue:
    """Ask before a key is revoked."""
    visitor = require_visitor()
    key = keys.retrieve_key(visitor.context.store, visitor.organization.id, id)
    return page("console/confirm_revocation.html", section="settings", key=_row(key, visitor))


@blueprint.post("/settings/keys/<id>/revoke")
@needs("owner")
def revoke_key(id: str) -> ResponseReturnValue:
    """Revoke a key."""
    visitor = require_visitor()
    keys.revoke_key(visitor.context.store, visitor.organization.id, id, visitor.now, actor=visitor.actor)
    return redirect(url_for("console.keys_page"), 303)


def _page(visitor: Visitor, form: KeyForm, status: int = 200) -> ResponseReturnValue:
    found = keys.list_keys(visitor.context.store, visitor.organization.id)
    rows = [_row(key, visitor) for key in reversed(found)]
    return page(
        "console/keys.html",
        status,
        section="settings",
        page_name="keys",
        form=form,
        keys=sorted(rows, key=lambda row: row.ended is not None),
        prefix="sk_live_" if visitor.context.gateway.livemode else "sk_test_",
        public_url=visitor.context.config.public_url,
        secret=next(iter(get_flashed_messages(category_filter=[_SECRET])), None),
    )


def _row(key: Key, visitor: Visitor) -> KeyRow:
    def moment(timestamp: int) -> str:
        return short_moment(timestamp, visitor.organization.timezone, visitor.now)

    return KeyRow(
        id=key.id,
        name=key.name or _("Key without a name"),
        last4=key.last4,
        scope=_("read") if key.scope == "read" else _("read and change"),
        made=moment(key.created),
        last_used=moment(key.last_used_at) if key.last_used_at is not None else _("never"),
        ended=_ended(key, visitor.now, moment),
    )


def _ended(key: Key, now: int, moment: Callable[[int], str]) -> str | None:
    if key.revoked_at is not None:
        return _("Revoked %(when)s", when=moment(key.revoked_at))
    if key.expires_at is not None and key.expires_at <= now:
        return _("Ended %(when)s", when=moment(key.expires_at))
    return None
