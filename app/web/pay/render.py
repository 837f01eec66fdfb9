"""How the pay page is answered: form and quote in, HTML out. The one place that renders it, whatever led there."""

from dataclasses import dataclass
from typing import Any, Final

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import GatewayError
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.pricing.quote import first_selection
from app.services.checkout.preview import preview
from app.web.pay.form.form import PayForm
from app.web.pay.notices import Notice, stripe_unreachable
from app.web.pay.open_graph import sharing
from app.web.pay.page import pay_page
from app.web.pay.quote_messages import words_for
from app.web.visit.form_token import FormTokens
from app.web.visit.url_parameters import why_ignored
from app.web.visit.visit import Visit

_FIRST_PAGES: Final = frozenset({"pay.show", "pay.embed"})


@dataclass
class Answer:
    """What is to be said beside form and quote."""

    status: int = 200
    notice: Notice | None = None
    show_errors: bool = False


def is_htmx() -> bool:
    """Whether the one region is asked for, not the page."""
    return request.headers.get("HX-Request") == "true"


def empty_form(visit: Visit, selection: Selection | None = None) -> PayForm:
    """Return the form of a first visit, or with an earlier selection filled in."""
    return PayForm(visit.link, visit.url_parameters, tokens=visit.tokens(), selection=selection)


def sent_form(visit: Visit) -> PayForm:
    """Return the form with the posted values."""
    return _posted_form(visit, visit.tokens(request.form.get("csrf_token")))


def fresh_form(visit: Visit) -> PayForm:
    """Return a new form of the same link with the posted values."""
    return _posted_form(visit, visit.tokens())


def _posted_form(visit: Visit, tokens: FormTokens) -> PayForm:
    return PayForm(visit.link, visit.url_parameters, sent=request.form, tokens=tokens)


def first_choice(visit: Visit) -> Selection:
    """What is quoted before anything was chosen."""
    return first_selection(visit.link).model_copy(update={"url_parameters": visit.url_parameters})


def shown_choice(visit: Visit, form: PayForm) -> Selection:
    """What is quoted while something may still be wrong: valid entries count, for the others what the page shows at first."""
    selection = form.to_selection(visit.url_parameters)
    first = first_selection(visit.link)
    return selection.model_copy(update={"unit_amounts": {**first.unit_amounts, **selection.unit_amounts}})


def answer(visit: Visit, form: PayForm, selection: Selection, said: Answer) -> ResponseReturnValue:
    """Quote the selection, put what is wrong with it at its fields, and render. Raises `LinkUnavailable`."""
    code = _code(visit, form)
    try:
        quote = _quote(visit, selection, code)
    except GatewayError:
        quote = _quote(visit, selection.model_copy(update={"promotion_code": None}), None)
        if said.show_errors or code != visit.url_parameters.prefilled_promo_code:
            said = Answer(503, stripe_unreachable(), said.show_errors)
    for problem in quote.problems:
        if said.show_errors or problem.field == "promotion_code":
            form.refuse(problem.field or "", words_for(problem, quote, code))
    errors = form.summary() if said.show_errors else []
    status = 422 if errors and said.status == 200 else said.status
    return render(visit, form, quote, errors=errors, status=status, notice=said.notice)


def render(
    visit: Visit,
    form: PayForm,
    quote: Quote,
    *,
    errors: list[tuple[str, str]],
    status: int,
    notice: Notice | None,
) -> ResponseReturnValue:
    """The region for htmx, the page for everybody else."""
    page = pay_page(visit, quote, errors=bool(errors))
    values: dict[str, Any] = {
        "embedded": visit.embedded,
        "errors": errors,
        "form": form,
        "ignored_parameters": [(name, why_ignored(name, visit.link)) for name in visit.ignored if visit.test_mode],
        "link": visit.link,
        "notice": notice,
        "organization": visit.organization,
        "page": page,
        "partial": is_htmx(),
        "quote": quote,
        "test_mode": visit.test_mode,
        "urls": addresses(visit),
    }
    if is_htmx():
        body = render_template("pay/_checkout.html", **values)
    else:
        body = render_template("pay/page.html", sharing=sharing(visit, quote), **values)
    response = make_response(body, status)
    # Back from Checkout must find this very form again, and with it the attempt that it has made. What a buyer has entered is kept
    # nowhere, a first page has nothing of theirs in it.
    first = request.method in {"GET", "HEAD"} and request.endpoint in _FIRST_PAGES
    response.headers["Cache-Control"] = "private, no-cache" if first else "no-store"
    response.vary.add("HX-Request")
    return response


def addresses(visit: Visit) -> dict[str, str]:
    """Where the form and its previews go."""
    preview = f"{visit.address}/embed" if visit.embedded else f"{visit.address}/preview"
    return {"pay": visit.address + visit.query, "preview": preview + visit.query}


def _code(visit: Visit, form: PayForm) -> str | None:
    """Return the promotion code to look up, or None where the link takes none."""
    if not visit.link.allow_promotion_codes:
        return None
    return form.code


def _quote(visit: Visit, selection: Selection, code: str | None) -> Quote:
    context = visit.context
    shown = preview(context.gateway, visit.organization, visit.link, selection, visit.now, promotion_code=code)
    return shown.quote
