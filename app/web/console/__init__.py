"""The merchant's console: links, payments and the user's account. Only its pages read or set a cookie."""

from flask import Flask

from app.web.console import (
    account,
    auth,
    brand,
    business,
    changes,
    compression,
    connection,
    cookie,
    coupons,
    editor,
    failures,
    home,
    join,
    keys,
    link_list,
    links,
    login,
    navigation,
    payments,
    products,
    requests,
    setup,
    team,
    two_factor,
    webhooks,
)
from app.web.console.link_rows import plain_name

__all__ = [
    "account",
    "brand",
    "business",
    "changes",
    "compression",
    "connection",
    "coupons",
    "editor",
    "failures",
    "home",
    "join",
    "keys",
    "link_list",
    "links",
    "login",
    "payments",
    "products",
    "register",
    "requests",
    "setup",
    "team",
    "two_factor",
    "webhooks",
]


def register(app: Flask) -> None:
    """Add the pages of the console and their session cookie to an application."""
    cookie.register(app)
    navigation.register(app)
    editor.register(app)
    app.jinja_env.filters["plain_name"] = plain_name
    app.register_blueprint(auth.blueprint)
