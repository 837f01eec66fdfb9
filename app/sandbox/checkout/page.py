"""The hosted checkout page: shows a session, takes a test card, and redirects the buyer. It needs neither cookies nor scripts.

As at Stripe, anyone who knows the address of a session can see and pay it. Card numbers and security codes are never stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.objects.enumerations import CHECKOUT_LOCALES
from app.sandbox.account import Account, Document, locate
from app.sandbox.checkout import view
from app.sandbox.checkout.answers import decline_message, read_answers, read_payment, validate
from app.sandbox.checkout.choices import ChosenSession, apply_choices
from app.sandbox.checkout.fields import LONGEST_VALUE, SECRET, Field, list_fields
from app.sandbox.checkout.text import _
from app.sandbox.payments.methods import Method
from app.sandbox.sessions.lifecycle import advance_session, complete
from app.store.engine import Engine
from app.wire.web_address import origin_of

Form = Mapping[str, str]

_CHOICES: Final = ("quantity", "unit_amount")
_LOCALES: Final = frozenset(CHECKOUT_LOCALES)


@dataclass
class Checkout:
    """The page of one open session, for one request."""

    account: Account
    session: Document

    def show(self, form: Form | None = None) -> ResponseReturnValue:
        """Show the form, empty or with the choices so far."""
        chosen = self._chosen(form or {})
        return self._page(chosen, self._fields(chosen, form), form or {}), 422 if chosen.errors else 200

    def pay(self, form: Form) -> ResponseReturnValue:
        """Try to pay. Answer with the form and its errors, or redirect to the bank or the merchant."""
        chosen = self._chosen(form)
        fields = self._fields(chosen, form)
        validate(chosen.session, fields)
        payment = None
        if needs_payment(chosen.session):
            payment = read_payment(chosen.session, fields, form, self.account.now)
        if chosen.errors or any(one.error for one in fields):
            return self._page(chosen, fields, form), 422
        if payment is not None and (refused := decline_message(payment.outcome)) is not None:
            return self._page(chosen, _set_error(fields, *refused), form), 402
        if payment is not None and payment.outcome == "confirms":
            names = self._stored_names(fields)
            stored = {name: value for name, value in form.items() if name in names}
            self._save(_pending={"form": stored, "method": asdict(payment.method)})
            return redirect(_here(), 303)
        return self._complete(form, payment.method if payment else None)

    def confirm(self, confirmation: str) -> ResponseReturnValue:
        """Handle the bank's answer: complete the payment, or show the form again."""
        pending = self.session.get("_pending")
        if pending is None:
            return self.show()
        if confirmation == "complete":
            return self._complete(pending["form"], Method(**pending["method"]))
        self._save(_pending=None)
        chosen = self._chosen(pending["form"])
        message = _("Your bank did not confirm the payment, and nothing was charged. Try again, or use another card")
        fields = _set_error(self._fields(chosen, pending["form"]), "card_number", message)
        return self._page(chosen, fields, pending["form"]), 402

    def show_bank(self) -> str:
        """Show the page that stands in for the bank's own."""
        chosen = self._chosen(self.session["_pending"]["form"])
        return render_template(
            "sandbox/confirm.html", organization=view.merchant(self.session, self.account), session=chosen.session
        )

    def _chosen(self, form: Form) -> ChosenSession:
        return apply_choices(self.account, self.session, form, str(get_locale()))

    def _fields(self, chosen: ChosenSession, form: Form | None) -> list[Field]:
        card = needs_payment(chosen.session)
        return list_fields(chosen.session, form, card=card, debit=card and offers_debit(chosen.session))

    def _stored_names(self, fields: Sequence[Field]) -> set[str]:
        """Return the names of the page's fields, without those that are never stored."""
        lines = [f"line_items[{line['id']}][{name}]" for line in self.session["_lines"] for name in _CHOICES]
        options = [f"optional_items[{item['price']}][quantity]" for item in self.session["optional_items"] or ()]
        return {*lines, *options, "promotion_code", *(one.name for one in fields)} - SECRET

    def _save(self, **change: Any) -> None:
        """Store a change of the session, unless the session is no longer open."""

        def work() -> Document:
            fresh = self.account.require("checkout.session", self.session["id"])
            return self.account.save({**fresh, **change}) if fresh["status"] == "open" else fresh

        self.session = self.account.engine.run(work)

    def _complete(self, form: Form, method: Method | None) -> ResponseReturnValue:
        """Complete the session once, with the total that the buyer saw. A second try finds it complete and only redirects."""
        refused: ChosenSession | None = None

        def work() -> Document:
            nonlocal refused
            refused = None
            self.session = self.account.require("checkout.session", self.session["id"])
            if self.session["status"] != "open":
                return self.session
            chosen = self._chosen(form)
            if chosen.errors:  # A promotion code can end while the buyer confirms the payment at the bank.
                refused = chosen
                return self.account.save({**self.session, "_pending": None})
            answers = read_answers(chosen.session, self._fields(chosen, form))
            return complete(self.account, {**chosen.session, "_pending": None}, answers, method)

        session = self.account.engine.run(work)
        if refused is not None:
            return self._page(refused, self._fields(refused, form), form), 422
        if session["status"] != "complete":
            return redirect(_here(), 303)
        return redirect(success_url(session), 303)

    def _page(self, chosen: ChosenSession, fields: Sequence[Field], form: Form) -> str:
        lines = view.list_lines(self.account, chosen.session, form, chosen.errors, str(get_locale()))
        return render_template(
            "sandbox/checkout.html",
            organization=view.merchant(self.session, self.account),
            session=chosen.session,
            lines=lines,
            totals=view.list_totals(chosen.session),
            fields=fields,
            form=form,
            promotion_error=chosen.errors.get("promotion_code"),
            errors=view.list_errors(fields, lines, chosen.errors.get("promotion_code")),
            needs_payment=needs_payment(chosen.session),
            shipping_options=view.shipping_options(self.account, chosen.session),
            debit_options=view.debit_options(),
            test_cards=view.test_cards(),
        )


def _here() -> str:
    """The address of this page, with its language and nothing else of its query."""
    locale = request.args.get("locale", "")
    return request.path + (f"?locale={locale}" if locale in _LOCALES else "")


def needs_payment(session: Document) -> bool:
    """Return whether the page asks for a payment method: for an amount due, and for a subscription unless it is `if_required`."""
    if session["amount_total"] > 0:
        return True
    return bool(session["mode"] == "subscription") and session["payment_method_collection"] != "if_required"


def offers_debit(session: Document) -> bool:
    """Return whether a bank debit is one of the payment methods."""
    allowed = session["allowed_payment_method_types"]
    excluded = session["excluded_payment_method_types"] or ()
    return (not allowed or "sepa_debit" in allowed) and "sepa_debit" not in excluded


def success_url(session: Document) -> str:
    """Return the address that the buyer is redirected to after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def make_blueprint(
    engine: Engine,
    *,
    clock: Callable[[], int],
    public_url: str,
    redirect_origins: Callable[[Document], Sequence[str]] | None,
    before: Callable[[int], None],
    after: Callable[[int], None],
) -> Blueprint:
    """Return the routes of the hosted checkout."""
    blueprint = Blueprint("sandbox", __name__, url_prefix="/sandbox")

    def load_checkout(id: str) -> Checkout:
        now = clock()
        before(now)
        found = locate(engine, "checkout.session", id)
        if found is None:
            abort(404)
        organization, session = found
        own = origin_of(session["success_url"])
        # Chromium checks every redirect after a form against form-action, so all possible targets must be listed.
        g.form_action = [*([own] if own else []), *(redirect_origins(session) if redirect_origins else ())]
        account = Account(engine, organization, now, public_url)
        # `before` advances a limited number of documents, and this session may not be among them.
        return Checkout(account, engine.run(partial(advance_session, account, id)))

    @blueprint.after_request
    def keep_nothing(response: Response) -> Response:
        """Let no cache keep what a buyer entered, nor a session as it was."""
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/checkout/<id>")
    def checkout(id: str) -> ResponseReturnValue:
        """Show the session: its form, the bank's page, or how it ended."""
        page = load_checkout(id)
        after(page.account.now)
        if page.session["status"] != "open":
            return _show_ended(page)
        return page.show_bank() if page.session.get("_pending") else page.show()

    @blueprint.post("/checkout/<id>")
    def pay(id: str) -> ResponseReturnValue:
        """Handle a submitted form. Its events are delivered after the change is stored."""
        page = load_checkout(id)
        # One character more than a field takes, so that validation still sees that a text is too long.
        form = {name: value[: LONGEST_VALUE + 1] for name, value in request.form.items()}
        if page.session["status"] != "open":
            return redirect(_here(), 303)
        if "confirmation" in form:
            answer = page.confirm(form["confirmation"])
        else:
            answer = page.show(form) if "update" in form else page.pay(form)
        after(page.account.now)
        return answer

    return blueprint


def _show_ended(page: Checkout) -> str:
    organization = view.merchant(page.session, page.account)
    return render_template(
        "sandbox/ended.html", organization=organization, session=page.session, success_url=success_url(page.session)
    )


def _set_error(fields: list[Field], name: str, message: str) -> list[Field]:
    """Set the error of a field, or of the first field if the page does not have that field any more."""
    next((one for one in fields if one.name == name), fields[0]).error = message
    return fields
