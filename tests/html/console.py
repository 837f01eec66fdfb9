"""The pages of the console, as a user of the demo meets them."""

import pyotp

from app.objects.change import COMMAND_LINE
from app.services.accounts import first_run
from app.services.accounts.invitations import invite
from tests.html.walk import Walk
from tests.support.console_pages import NO_PAGES, console_pages
from tests.support.console_refusals import console_refusals
from tests.support.console_routes import routes
from tests.support.page import Page
from tests.support.shop import PASSWORD


def meet_the_console(walk: Walk) -> None:
    """Every page of the console, with the payments of the parts before."""
    shop = walk.shop
    buyer, walk.client = walk.client, shop.app.test_client()
    meet_the_log_in(walk)
    for number, id in enumerate([shop.attempts("wick-trimmer")[0].id, *walk.money]):
        walk.get(f"console, money that goes back {number}", f"/console/payments/{id}")
    walk.get("console, archived price", f"/console/links/{shop.found('archived').id}")
    for _rule, path in console_pages(shop):
        walk.get(f"console, {path.replace('/', ' ')}", path)
    meet_the_editor(walk)
    meet_errors(walk)
    walk.get("console, nothing there", "/console/nowhere", 404)
    expect_every_page(walk)
    walk.client = buyer


def meet_errors(walk: Walk) -> None:
    """Every form of the console with values that it refuses."""
    for refusal in console_refusals(walk.shop):
        page = Page(walk.client.get(refusal.page))
        form = page.form_to(refusal.path)
        sent = {**page.values(form), **refusal.values}
        walk.post(f"console, refused {refusal.path.replace('/', ' ')}", refusal.path, sent, refusal.status)
    token = Page(walk.client.get("/console/account")).values()
    walk.post("console, not our form", f"/console/links/{walk.shop.demo['spring-box'].id}/deactivate", {}, 403)
    walk.post("console, second step stays on", "/console/account/two-factor/off", token, 422)


def meet_the_log_in(walk: Walk) -> None:
    """The ways into the console: first run, log-in, second step, one-time address, invitation."""
    shop = walk.shop
    setup = f"/console/setup/{first_run.create_token(shop.store, shop.now())}"
    walk.get("first run", setup)
    token = Page(walk.client.get(setup)).values()
    walk.post("first run, errors", setup, {**token, "email": '"<', "password": "short"}, 422)
    walk.get("log-in", "/console/login")
    token = Page(walk.client.get("/console/login")).values()
    sent = {**token, "email": shop.console_user(), "password": "wrong"}
    walk.get("first run, used", setup, 404)
    walk.post("log-in refused", "/console/login", sent, 422)
    walk.post("log-in of another site", "/console/login", sent, 403, **{"Sec-Fetch-Site": "cross-site"})
    walk.get("log-in with an address that works once", "/console/login/unknown")
    walk.post("log-in with a used address", "/console/login/unknown", sent, 422)
    _invitation, secret = invite(
        shop.store, shop.organization.id, "mara@example.com", "viewer", shop.now(), actor=COMMAND_LINE
    )
    walk.get("invitation", f"/console/invitations/{secret}")
    walk.post("invitation, errors", f"/console/invitations/{secret}", {**sent, "password": "short"}, 422)
    walk.get("invitation that is over", "/console/invitations/unknown", 422)
    meet_the_second_step(walk, sent)


def meet_the_second_step(walk: Walk, sent: dict[str, str]) -> None:
    """The second step of a log-in: set up, asked for, refused, and passed."""
    shop = walk.shop
    walk.post("logged in", "/console/login", {**sent, "password": PASSWORD}, 303)
    path = "/console/account/two-factor"
    page = Page(walk.client.get(path))
    app = pyotp.TOTP(page.field("Or type this into the app")["value"].replace(" ", ""))
    walk.post("second step, not switched on", path, {**page.values(page.form_of("Switch on")), "code": "0"}, 422)
    walk.post("second step, switched on", path, {**page.values(page.form_of("Switch on")), "code": app.now()}, 303)
    walk.get("second step, off", path)
    token = Page(walk.client.get("/console/account")).values()
    walk.post("logged out", "/console/logout", token, 303)
    token = Page(walk.client.get("/console/login")).values()
    walk.post(
        "logged in once more", "/console/login", {**sent, **token, "email": sent["email"], "password": PASSWORD}, 303
    )
    walk.get("second step", "/console/login/code")
    token = Page(walk.client.get("/console/login/code")).values()
    walk.post("second step, wrong code", "/console/login/code", {**token, "code": "0"}, 422)
    walk.shop.ahead += 60
    code = app.at(shop.now())
    walk.post("second step, passed", "/console/login/code", {**token, "code": code}, 303)


def meet_the_editor(walk: Walk) -> None:
    """The form of a link in each of its forms, and its preview."""
    form = Page(walk.client.get("/console/links/new")).form_of("Create link")
    sent = Page(walk.client.get("/console/links/new")).values(form)
    walk.post("editor, another question", "/console/links/new", {**sent, "add": "custom_field"}, 200)
    walk.post("editor, found", "/console/links/new", {**sent, "find": "1", "find_price": "a"}, 200)
    named = {"line_items[0][price_data][product_data][name]": "Honey", "line_items[0][amount]": "9.50"}
    walk.post("editor, preview", "/console/links/preview", {**sent, **named}, 200)


def expect_every_page(walk: Walk) -> None:
    """Check that a page of every route of the console was read."""
    opened = {route.rule for route in routes(walk.shop.app) if route.method == "GET"}
    assert opened - set(NO_PAGES) - walk.rules == set(), "add these to the walk, or to tests/support/console_pages.py"
