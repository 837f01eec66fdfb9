"""The Account API under `/v1`: the organization behind the key, and no other one."""

from typing import Final

from flask import Blueprint, Response, request

from app.services.accounts import stripe_account
from app.web.api import parameters
from app.web.api.errors import answer
from app.web.api.parameters import RetrieveParams
from app.web.api.views import authenticate

blueprint: Final = Blueprint("account", __name__)


@blueprint.get("/account")
def retrieve_account() -> Response:
    """`GET /v1/account`."""
    call = authenticate()
    params = parameters.query(request, RetrieveParams)
    return answer(stripe_account.retrieve_account(call.organization, call.context.gateway, params.expand))


@blueprint.get("/accounts/<id>")
def retrieve_own_account(id: str) -> Response:
    """`GET /v1/accounts/<id>`, for the key's own account."""
    call = authenticate()
    params = parameters.query(request, RetrieveParams)
    return answer(stripe_account.retrieve_own_account(call.organization, call.context.gateway, id, params.expand))
