"""All routes under `/v1`, in one blueprint: they share the handling of errors and the headers of answers."""

from typing import Final

from flask import Blueprint

from app.web.api import account, sessions, views

blueprint: Final[Blueprint] = views.blueprint
blueprint.register_blueprint(account.blueprint)
blueprint.register_blueprint(sessions.blueprint)
