"""The brand in the settings: logo, icon and colours, how well they read, and a pay page in them."""

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, g, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import LinkUnavailable, ResourceMissing
from app.objects.organization import Organization
from app.services import pictures
from app.services.accounts import organizations
from app.services.links import service as links
from app.services.pictures import PictureRefused
from app.web.assets.brand_css import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    contrast,
    parse_color,
    tokens,
    write_color,
)
from app.web.console.auth import INVALID, Visitor, blueprint, needs, page, require_visitor
from app.web.console.brand_form import BrandForm, filled_form
from app.web.console.picture_text import picture_problem
from app.web.display.translation import gettext as _
from app.web.pay.unsaved import SELF, framed, unsaved_page
from app.wire.lists import ActivePage

OUR_COLOR: Final = "#0e585c"
"""The colour of pages without a brand."""

SAMPLES: Final = 10
"""How many links are tried for the preview. One whose item was archived has no page."""

_SAVED: Final = "brand saved"


@dataclass(frozen=True)
class Sample:
    """A text in one colour on another, with its contrast. `adjusted`: the colour is a shade of the merchant's."""

    ground: str
    color: str
    text: str
    about: str
    adjusted: bool

    @property
    def ratio(self) -> float:
        """The contrast, from 1 to 21."""
        return contrast(parse_color(self.ground), parse_color(self.color))


@blueprint.get("/settings/brand")
@needs("viewer")
def brand_page() -> ResponseReturnValue:
    """Show the brand."""
    visitor = require_visitor()
    return _page(visitor, filled_form(visitor.organization.settings.branding))


@blueprint.post("/settings/brand")
@needs("owner")
def save_brand() -> ResponseReturnValue:
    """Save colours and uploaded pictures."""
    visitor, form = require_visitor(), BrandForm()
    if not form.validate():
        return _page(visitor, form, INVALID)
    chosen = {name: _uploaded(visitor, form, name) for name in ("logo", "icon")}
    if form.errors:
        return _page(visitor, form, INVALID)
    changed = {name: path for name, path in chosen.items() if path is not None or form[f"remove_{name}"].data}
    branding: dict[str, Any] = {**form.colors(), **changed}
    store, fields = visitor.context.store, {"settings": {"branding": branding}}
    organizations.update(store, visitor.organization, fields, visitor.now, actor=visitor.actor)
    flash(_SAVED)
    return redirect(url_for("console.brand_page"), 303)


@blueprint.route("/settings/brand/preview", methods=["GET", "POST"])
@needs("manager")
def preview_brand() -> ResponseReturnValue:
    """Show the pay page of the newest link in the colours of the form, or in the stored ones. Nothing is changed."""
    visitor = require_visitor()
    organization = visitor.organization
    if request.method == "POST":
        branding = organization.settings.branding.model_copy(update=BrandForm().colors())
        settings = organization.settings.model_copy(update={"branding": branding})
        organization = organization.model_copy(update={"settings": settings})
    return framed(_sample_page(visitor, organization))


def _uploaded(visitor: Visitor, form: BrandForm, name: str) -> str | None:
    """Store the picture that was chosen in a field, and return its path, or None. A refusal is added to the field."""
    file = request.files.get(form[name].name)
    if file is None or not file.filename:
        return None
    try:
        return pictures.add_picture(visitor.context.store, file.read(pictures.MAXIMUM_BYTES + 1)).path
    except PictureRefused as error:
        form[name].errors = [picture_problem(error)]
        return None


def _sample_page(visitor: Visitor, organization: Organization) -> str:
    """Return the pay page of the newest link that has one. Raises `ResourceMissing` if none has."""
    found, _more = links.list_links(visitor.context.store, organization.id, ActivePage(limit=SAMPLES))
    for link in found:
        try:
            return unsaved_page(visitor.context, organization, link, visitor.now)
        except LinkUnavailable:
            continue
    raise ResourceMissing("There is no link to show.", param="payment_link")


def samples(primary: str | None, secondary: str | None) -> list[Sample]:
    """Return a button and a link in both schemes, as pages show them in these colours."""
    first = parse_color(primary or OUR_COLOR)
    second = parse_color(secondary) if secondary else first
    shown = []
    for dark, grounds, about_button, about_link in (
        (False, LIGHT_GROUNDS, _("Button on light pages"), _("Link on light pages")),
        (True, DARK_GROUNDS, _("Button on dark pages"), _("Link on dark pages")),
    ):
        values = tokens(first, second, dark=dark)
        button, paper = values["--brand"], write_color(grounds[0])
        text, on_button = values["--brand-text"], values["--on-brand"]
        shown += [
            Sample(button, on_button, _("Continue"), about_button, adjusted=button != write_color(first)),
            Sample(paper, text, _("Terms"), about_link, adjusted=text != write_color(second)),
        ]
    return shown


def _page(visitor: Visitor, form: BrandForm, status: int = 200) -> ResponseReturnValue:
    found, _more = links.list_links(visitor.context.store, visitor.organization.id, ActivePage(limit=1))
    g.frame_src = [SELF]
    return page(
        "console/brand.html",
        status,
        section="settings",
        page_name="brand",
        branding=visitor.organization.settings.branding,
        form=form,
        has_link=bool(found),
        samples=samples(**{name.removesuffix("_color"): color for name, color in form.colors().items()}),
        saved=_SAVED in get_flashed_messages(),
    )
