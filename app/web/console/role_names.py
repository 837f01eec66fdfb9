"""The roles of users in words."""

from app.objects.user import Role
from app.web.display.translation import gettext as _


def role_name(role: Role) -> str:
    """Return the name of a role."""
    return {"viewer": _("Viewer"), "manager": _("Manager"), "owner": _("Owner")}[role]


def role_text(role: Role) -> str:
    """Say what a role may do."""
    return {
        "viewer": _("sees everything, changes nothing: for an accountant"),
        "manager": _("makes links, handles orders, refunds"),
        "owner": _("also team, keys and settings"),
    }[role]
