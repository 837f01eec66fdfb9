"""The first run: the page that makes the first user and the shop. Its address works once; every other address answers 404."""

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from app.errors import InvalidRequest, ResourceMissing
from app.services.accounts import first_run, logins
from app.web.console.auth import INVALID, blueprint, needs, page, start_login
from app.web.console.setup_form import JoinShopForm, SetUpForm, guessed_choices
from app.web.errors import page_status
from app.web.http import rate_limits
from app.web.http.context import current_context


@blueprint.get("/setup/<token>")
@needs("everyone")
def show_setup(token: str) -> ResponseReturnValue:
    """Show the form. Raises `ResourceMissing` for a token that was never given out."""
    if not first_run.is_open(current_context().store, token):
        return _used()
    form = _form()
    if isinstance(form, SetUpForm):
        guessed_choices(form)
    return _page(form)


@blueprint.post("/setup/<token>")
@needs("everyone")
def set_up(token: str) -> ResponseReturnValue:
    """Create the first user and log them in. Raises `ResourceMissing` for a token that was never given out."""
    context = current_context()
    now = context.clock()
    if not first_run.is_open(context.store, token):
        return _used()
    form = _form()
    if not form.validate():
        return _page(form, INVALID)
    try:
        user = first_run.set_up(
            context.store,
            token,
            form.email.data or "",
            form.password.data or "",
            form.organization_fields(),
            now,
            name=form.your_name.data or "",
        )
    except ResourceMissing:
        return _used()
    except InvalidRequest as error:
        form.refuse(error)
        return _page(form, INVALID)
    start_login(logins.create_login(context.store, user, now, network=rate_limits.login_network()))
    return redirect(url_for("console.home_page"), 303)


def _form() -> SetUpForm | JoinShopForm:
    joined = first_run.joined_organization(current_context().store)
    return SetUpForm(now=current_context().clock()) if joined is None else JoinShopForm()


def _page(form: SetUpForm | JoinShopForm, status: int = 200) -> Response:
    context = current_context()
    return page(
        "console/setup.html",
        status,
        form=form,
        joined=first_run.joined_organization(context.store),
        sandbox=context.gateway.sandbox,
    )


def _used() -> Response:
    return page("console/setup_used.html", page_status(ResourceMissing("")))
