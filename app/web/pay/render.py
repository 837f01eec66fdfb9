"""Render the pay page: form and quote in, HTML out. Every answer that shows the form is made here."""

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import AnswersRefused, GatewayError
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.pricing.quote import default_selection
from app.services.checkout.preview import preview
from app.web.errors import statuses_of
from app.web.http import rate_limits
from app.web.pay.form.form import PayForm
from app.web.pay.form.preview_rules import offer_preview
from app.web.pay.notices import Notice, gateway_failed
from app.web.pay.open_graph import sharing
from app.web.pay.page import pay_page
from app.web.pay.quote_messages import message_for
from app.web.states.render import is_htmx
from app.web.visit.form_token import FormTokens
from app.web.visit.language_menu import language_menu
from app.web.visit.url_parameters import why_ignored
from app.web.visit.visit import Visit

_FIRST_PAGES: Final = frozenset({"pay.show", "pay.embed"})


@dataclass(frozen=True)
class Answer:
    """What a response says besides form and quote. `error` is why the form is shown again, and decides the status."""

    error: type[Exception] | None = None
    notice: Notice | None = None
    show_errors: bool = False
    code_taken_out: str | None = None


def empty_form(visit: Visit, selection: Selection | None = None) -> PayForm:
    """Return the form of a first visit, or with an earlier selection filled in."""
    return PayForm(visit.link, visit.url_parameters, tokens=visit.tokens(), selection=selection)


def sent_tokens(visit: Visit) -> FormTokens:
    """Return the form tokens of the link, with the one that was posted."""
    return visit.tokens(request.form.get("csrf_token"))


def sent_form(visit: Visit, tokens: FormTokens) -> PayForm:
    """Return the form with the posted values."""
    return PayForm(visit.link, visit.url_parameters, sent=request.form, tokens=tokens)


def first_choice(visit: Visit) -> Selection:
    """Return the selection to quote before the buyer has chosen anything."""
    return default_selection(visit.link).model_copy(update={"url_parameters": visit.url_parameters})


def shown_choice(visit: Visit, form: PayForm) -> Selection:
    """Return the selection to quote while entries may be invalid. Invalid amounts are replaced by the presets."""
    selection = form.to_selection(visit.url_parameters)
    first = default_selection(visit.link)
    return selection.model_copy(update={"unit_amounts": {**first.unit_amounts, **selection.unit_amounts}})


def show_form(visit: Visit, form: PayForm, selection: Selection, answer: Answer) -> ResponseReturnValue:
    """Quote the selection, add the quote's problems to their fields, and render. Raises `LinkUnavailable`."""
    code = form.code if visit.link.allow_promotion_codes else None
    try:
        quote = quote_of(visit, selection, code)
    except GatewayError as error:
        quote = quote_of(visit, selection.model_copy(update={"promotion_code": None}))
        if answer.show_errors or code != visit.url_parameters.prefilled_promo_code:
            answer = replace(answer, error=type(error), notice=gateway_failed(error))
    for problem in quote.problems:
        if answer.show_errors or problem.field == "promotion_code":
            form.refuse(problem.field or "", message_for(problem, quote, code))
    found = form.summary() if answer.show_errors else []
    reason = answer.error or (AnswersRefused if found else None)
    status = statuses_of(reason).page if reason else 200
    errors = found if _shows_summary(form) else []
    return render(visit, form, quote, answer, errors=errors, status=status)


def _shows_summary(form: PayForm) -> bool:
    """Whether the page lists its errors. While a form is filled in, they only stand at their fields, so that nothing moves."""
    return not is_htmx() or "everything" in request.form or bool(form.form_errors)


def render(
    visit: Visit,
    form: PayForm,
    quote: Quote,
    answer: Answer,
    *,
    errors: list[tuple[str, str]],
    status: int,
) -> ResponseReturnValue:
    """Return the region for htmx, or else the whole page."""
    notice = answer.notice
    if status == HTTPStatus.OK:
        offer_preview(visit, form)
    page = pay_page(
        visit,
        quote,
        errors=bool(errors),
        code_taken_out=answer.code_taken_out,
        title=notice.title if notice is not None and notice.names_page else None,
    )
    partial = is_htmx()
    values: dict[str, Any] = {
        "embedded": visit.embedded,
        "errors": errors,
        "form": form,
        "ignored_parameters": [(name, why_ignored(name, visit.link)) for name in visit.ignored if visit.test_mode],
        "languages": language_menu(preview_address(visit), visit),
        "link": visit.link,
        "notice": notice,
        "organization": visit.organization,
        "page": page,
        "partial": partial,
        "quote": quote,
        "refused": status >= 400,
        "test_mode": visit.test_mode,
        "urls": addresses(visit),
    }
    if partial:
        body = render_template("pay/_checkout.html", **values)
    else:
        body = render_template("pay/page.html", sharing=sharing(visit, quote), **values)
    response = make_response(body, status)
    # The browser may store a first page, which holds no data of the buyer, so that going back from Checkout finds the same form and
    # its attempt. It may not store a page with entries.
    first = request.method in {"GET", "HEAD"} and request.endpoint in _FIRST_PAGES
    response.headers["Cache-Control"] = "private, no-cache" if first else "no-store"
    response.vary.add("HX-Request")
    return response


def addresses(visit: Visit) -> dict[str, str]:
    """Return the addresses that the form and its previews are sent to."""
    return {"pay": visit.address + visit.query, "preview": preview_address(visit) + visit.own_query}


def preview_address(visit: Visit) -> str:
    """Return the path that previews are sent to. In a frame they stay in the frame."""
    return f"{visit.address}/embed" if visit.embedded else f"{visit.address}/preview"


def quote_of(visit: Visit, selection: Selection, code: str | None = None) -> Quote:
    """Return the quote of a selection with a promotion code. Raises `LinkUnavailable`, `GatewayError`."""
    gateway = visit.context.gateway
    return preview(
        gateway,
        visit.organization,
        visit.link,
        selection,
        visit.now,
        promotion_code=code,
        may_look_up=partial(rate_limits.count_code_lookup, visit.link.id),
    ).quote
