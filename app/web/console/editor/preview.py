"""The preview beside the form: the real pay page of the unsaved link. It creates nothing and takes no payment."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import CounterfoilError, InvalidRequest
from app.objects.payment_link import PaymentLink
from app.objects.picture import Picture
from app.services import pictures
from app.services.links import editing
from app.services.links import service as links
from app.services.pictures import PictureRefused
from app.web.console.auth import blueprint, needs, require_visitor
from app.web.console.editor.changes import changed_params
from app.web.console.editor.controls.first import IMAGE, PICTURE
from app.web.console.editor.differences import differences
from app.web.console.editor.filling import fill, fill_new
from app.web.console.editor.loading import Work, manner_of, open_work, usual_currency
from app.web.console.editor.reading import Read, read
from app.web.console.editor.values import Values
from app.web.display.locale import use_console_texts
from app.web.display.translation import gettext as _
from app.web.pay.unsaved import SELF, framed, unsaved_page
from app.web.states.render import is_htmx

TRIES: Final = 8
"""How many parameters that are still wrong are left out, one after the other, until the rest makes a page."""


@blueprint.get("/links/preview")
@needs("manager")
def first_preview() -> ResponseReturnValue:
    """Show the preview of a form that was just opened."""
    visitor = require_visitor()
    values = fill_new(request.args.get("kind", ""), usual_currency(visitor))
    return framed(_pay_page(open_work(visitor, values)))


@blueprint.post("/links/preview")
@needs("manager")
def preview() -> ResponseReturnValue:
    """Show the preview of a new link: the page for the frame, or for htmx the lines of the form and the page."""
    return _answer(open_work(require_visitor(), Values(request.form)))


@blueprint.route("/links/<id>/preview", methods=["GET", "POST"])
@needs("manager")
def preview_edit(id: str) -> ResponseReturnValue:
    """Show the preview of a link with its unsaved changes."""
    visitor = require_visitor()
    link = links.retrieve(visitor.context.store, visitor.organization.id, id)
    if request.method == "GET":
        values = fill(link, manner_of(visitor, Values(), link), editing=True)
        return framed(_pay_page(open_work(visitor, values, link)))
    return _answer(open_work(visitor, Values(request.form), link))


def _answer(work: Work) -> ResponseReturnValue:
    if not is_htmx():
        return framed(_pay_page(work))
    shown = work.page()
    if work.link is not None:
        before = fill(work.link, work.manner, editing=True)
        shown.differences = differences(before, work.values, shown)
        shown.paying = work.paying
    lines = {"form": shown, "test_mode": not work.visitor.context.gateway.livemode}
    live = render_template("console/editor/_live.html", page_html="", **lines)
    html = _pay_page(work)
    use_console_texts()
    return Response(live + render_template("console/editor/_page_html.html", page_html=html))


def _pay_page(work: Work) -> str:
    """Return the pay page of the form's link with its chosen picture, which is not stored."""
    picture = _chosen_picture()
    if picture is None:
        return _page_of(work)
    work.values.set(IMAGE.replace("{n}", "0"), picture.path)
    return _page_of(work).replace(picture.path, pictures.small_data_url(picture))


def _chosen_picture() -> Picture | None:
    """Return the picture in the file field, or None if there is none that pages can show."""
    file = request.files.get(PICTURE)
    if file is None or not file.filename:
        return None
    try:
        return pictures.clean_picture(file.read(pictures.MAXIMUM_BYTES + 1))
    except PictureRefused:
        return None


def _page_of(work: Work) -> str:
    """Return the pay page of the form's link, without the wrong values. If no page can be shown, a line says why."""
    visitor = work.visitor
    found = work.read()
    try:
        link = _drafted(work, found)
        return unsaved_page(visitor.context, visitor.organization, link, visitor.now)
    except CounterfoilError:
        g.frame_ancestors = [SELF]
        return render_template(
            "console/editor/not_ready.html", organization=visitor.organization, test_mode=False, visitor=None
        )


def _drafted(work: Work, found: Read) -> PaymentLink:
    """Return the unsaved link. Raises `InvalidRequest`, `GatewayError`."""
    context, organization = work.visitor.context, work.visitor.organization
    params, settings = _fill_gaps(found.params), context.link_settings
    prices = {name: _with_name(price) for name, price in found.prices.items()}
    if work.link is not None:
        before = read(fill(work.link, work.manner, editing=True), work.manner, work.known, editing=True)
        params = changed_params(before.params, params)
    for _try in range(TRIES):
        try:
            if work.link is None:
                return editing.draft_form(
                    context.gateway,
                    organization,
                    params,
                    prices,
                    form="",
                    settings=settings,
                    read_prices=work.read_prices,
                ).link
            return editing.prepare_edit(
                context.gateway,
                organization,
                work.link,
                params,
                prices,
                version=work.link.counterfoil.version,
                settings=settings,
                read_prices=work.read_prices,
            ).after
        except InvalidRequest as error:
            name = (error.param or "").partition("[")[0]
            if name == "line_items" or name not in params:
                raise
            params = {key: value for key, value in params.items() if key != name}
    raise InvalidRequest(_("The form has too many wrong answers for a preview."))


def _fill_gaps(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with a stand-in for the name of an item that has none yet."""
    items = []
    for item in params.get("line_items", ()):
        data = item.get("price_data")
        items.append(item if data is None else item | {"price_data": _with_name(data)})
    return params | {"line_items": items}


def _with_name(price: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a new price with a name for its product."""
    return {**price, "product_data": {"name": _("Name of the item")} | price["product_data"]}
