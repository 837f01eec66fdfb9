"""The hosted checkout: it shows a session, takes test cards, and sends the buyer on. It sets no cookie and needs no script.

Whoever knows a session's address may see and pay it, as at Stripe. Card numbers and security codes are read and forgotten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.objects.enumerations import CHECKOUT_LOCALES
from app.sandbox.account import Account, Document, locate
from app.sandbox.checkout import view
from app.sandbox.checkout.answers import answers_of, check, declined, paying
from app.sandbox.checkout.choices import ChosenSession, apply_choices
from app.sandbox.checkout.fields import SECRET, Field, fields_of
from app.sandbox.checkout.text import _
from app.sandbox.sessions.lifecycle import complete
from app.sandbox.sessions.payments import Method
from app.store.engine import Engine
from app.wire.web_address import origin_of

Form = Mapping[str, str]

_LOCALES: Final = frozenset(CHECKOUT_LOCALES)


@dataclass
class Checkout:
    """The page of one open session, for one request."""

    account: Account
    session: Document

    def show(self, form: Form | None = None) -> ResponseReturnValue:
        """The form, new or with what was chosen so far."""
        chosen = self._chosen(form or {})
        return self._page(chosen, self._fields(chosen, form), form or {}), 422 if chosen.errors else 200

    def pay(self, form: Form) -> ResponseReturnValue:
        """Try to pay: back to the form, to the bank, or on to the merchant."""
        chosen = self._chosen(form)
        fields = self._fields(chosen, form)
        check(chosen.session, fields)
        paid_with = None
        if needs_payment(chosen.session):
            paid_with = paying(chosen.session, fields, form, self.account.now)
        if chosen.errors or any(one.error for one in fields):
            return self._page(chosen, fields, form), 422
        if paid_with is not None and (refused := declined(paid_with.outcome)) is not None:
            return self._page(chosen, _blamed(fields, *refused), form), 402
        if paid_with is not None and paid_with.outcome == "confirms":
            kept = {name: value for name, value in form.items() if name not in SECRET}
            self._save(_pending={"form": kept, "method": asdict(paid_with.method)})
            return redirect(_here(), 303)
        return self._complete(form, paid_with.method if paid_with else None)

    def confirm(self, confirmation: str) -> ResponseReturnValue:
        """The bank's answer: the payment goes through, or the form comes back."""
        pending = self.session.get("_pending")
        if pending is None:
            return self.show()
        if confirmation == "complete":
            return self._complete(pending["form"], Method(**pending["method"]))
        self._save(_pending=None)
        chosen = self._chosen(pending["form"])
        message = _("Your bank did not confirm the payment, and nothing was charged. Try again, or use another card")
        fields = _blamed(self._fields(chosen, pending["form"]), "card_number", message)
        return self._page(chosen, fields, pending["form"]), 402

    def ask_bank(self) -> str:
        """The page that stands in for the bank's own."""
        chosen = self._chosen(self.session["_pending"]["form"])
        return render_template(
            "sandbox/confirm.html", organization=view.merchant(self.session, self.account), session=chosen.session
        )

    def _chosen(self, form: Form) -> ChosenSession:
        return apply_choices(self.account, self.session, form, str(get_locale()))

    def _fields(self, chosen: ChosenSession, form: Form | None) -> list[Field]:
        card = needs_payment(chosen.session)
        return fields_of(chosen.session, form, card=card, debit=card and offers_debit(chosen.session))

    def _save(self, **change: Any) -> None:
        """Keep something on the session; whoever paid it meanwhile wins."""

        def work() -> Document:
            fresh = self.account.require("checkout.session", self.session["id"])
            return self.account.save({**fresh, **change}) if fresh["status"] == "open" else fresh

        self.session = self.account.engine.run(work)

    def _complete(self, form: Form, method: Method | None) -> ResponseReturnValue:
        """Pay once: a second try finds the session complete and only goes on."""

        def work() -> Document:
            self.session = self.account.require("checkout.session", self.session["id"])
            if self.session["status"] != "open":
                return self.session
            chosen = self._chosen(form)
            answers = answers_of(chosen.session, self._fields(chosen, form))
            return complete(self.account, {**chosen.session, "_pending": None}, answers, method)

        session = self.account.engine.run(work)
        if session["status"] != "complete":
            return redirect(_here(), 303)
        return redirect(success_url(session), 303)

    def _page(self, chosen: ChosenSession, fields: Sequence[Field], form: Form) -> str:
        lines = view.lines_of(self.account, chosen.session, form, chosen.errors, str(get_locale()))
        return render_template(
            "sandbox/checkout.html",
            organization=view.merchant(self.session, self.account),
            session=chosen.session,
            lines=lines,
            totals=view.totals_of(chosen.session),
            fields=fields,
            form=form,
            promotion_error=chosen.errors.get("promotion_code"),
            errors=view.problems(fields, lines, chosen.errors.get("promotion_code")),
            by_card=needs_payment(chosen.session),
            shipping_options=view.shipping_options(self.account, chosen.session),
            debit_options=view.debit_options(),
            test_cards=view.test_cards(),
        )


def _here() -> str:
    """The address of this page, with its language and nothing else of its query."""
    locale = request.args.get("locale", "")
    return request.path + (f"?locale={locale}" if locale in _LOCALES else "")


def needs_payment(session: Document) -> bool:
    """Whether a means of payment is asked for: when something is due, and for a subscription unless it may do without."""
    if session["amount_total"] > 0:
        return True
    return bool(session["mode"] == "subscription") and session["payment_method_collection"] != "if_required"


def offers_debit(session: Document) -> bool:
    """Whether a bank debit is among the means of payment."""
    allowed = session["allowed_payment_method_types"]
    excluded = session["excluded_payment_method_types"] or ()
    return (not allowed or "sepa_debit" in allowed) and "sepa_debit" not in excluded


def success_url(session: Document) -> str:
    """Where a buyer goes after paying."""
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
    """The routes of the hosted checkout."""
    blueprint = Blueprint("sandbox", __name__, url_prefix="/sandbox")

    def opened(id: str) -> Checkout:
        now = clock()
        before(now)
        found = locate(engine, "checkout.session", id)
        if found is None:
            abort(404)
        organization, session = found
        own = origin_of(session["success_url"])
        # Chromium holds every redirect after a form against form-action, so all that may follow must be listed.
        g.form_action = [*([own] if own else []), *(redirect_origins(session) if redirect_origins else ())]
        return Checkout(Account(engine, organization, now, public_url), session)

    @blueprint.after_request
    def keep_nothing(response: Response) -> Response:
        """Let no cache keep what a buyer entered, nor a session as it was."""
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/checkout/<id>")
    def checkout(id: str) -> ResponseReturnValue:
        """Show the session: its form, its bank, or how it ended."""
        page = opened(id)
        after(page.account.now)
        if page.session["status"] != "open":
            return _over(page)
        return page.ask_bank() if page.session.get("_pending") else page.show()

    @blueprint.post("/checkout/<id>")
    def pay(id: str) -> ResponseReturnValue:
        """Take what the buyer sent; events leave after it was kept."""
        page = opened(id)
        form = request.form.to_dict()
        if page.session["status"] != "open":
            return redirect(_here(), 303)
        if "confirmation" in form:
            answer = page.confirm(form["confirmation"])
        else:
            answer = page.show(form) if "update" in form else page.pay(form)
        after(page.account.now)
        return answer

    return blueprint


def _over(page: Checkout) -> str:
    organization = view.merchant(page.session, page.account)
    return render_template(
        "sandbox/over.html", organization=organization, session=page.session, success_url=success_url(page.session)
    )


def _blamed(fields: list[Field], name: str, message: str) -> list[Field]:
    """The fields with a message at one of them; at the first where that one is no longer asked for."""
    next((one for one in fields if one.name == name), fields[0]).error = message
    return fields
