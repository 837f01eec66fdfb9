"""The first step, and the items of a link."""

from typing import Final

from app.web.console.editor.control import Control, Group, Part
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

NAME: Final = Control(
    "line_items[{n}][price_data][product_data][name]",
    pgettext("thing", "Name"),
    hint=_("As buyers should read it"),
    maximum=250,
    optional=False,
    only="create",
    attributes={"autocomplete": "off"},
)
AMOUNT: Final = Control(
    "line_items[{n}][amount]",
    _("Price"),
    "amount",
    optional=False,
    only="create",
    sets="line_items.{n}.price_data.unit_amount",
    attributes={"autocomplete": "off"},
)
CURRENCY: Final = Control(
    "line_items[0][price_data][currency]",
    _("Currency"),
    "select",
    optional=False,
    only="create",
    id="currency",
    sets="currency",
)
FIRST: Final = (CURRENCY,)
"""The controls of the first step that no entry has. Name and price are those of the first item."""

LINE_ITEM: Final = (
    NAME,
    AMOUNT,
    Control(
        "line_items[{n}][price_data][product_data][description]",
        _("Description"),
        hint=_("One line under the name"),
        maximum=5000,
        only="create",
    ),
    Control("line_items[{n}][quantity]", _("Quantity"), "number", attributes={"min": "1"}, optional=False),
    Control("line_items[{n}][price_data][product_data][unit_label]", _("Unit"), maximum=12, only="create"),
    Control("line_items[{n}][adjustable_quantity][enabled]", _("Buyers can change the quantity"), "checkbox"),
    Control("line_items[{n}][adjustable_quantity][minimum]", _("At least"), "number", attributes={"min": "0"}),
    Control("line_items[{n}][adjustable_quantity][maximum]", _("At most"), "number", attributes={"max": "999999"}),
)

OPTIONAL_ITEM: Final = (
    Control(
        "optional_items[{n}][price_data][product_data][name]",
        pgettext("thing", "Name"),
        maximum=250,
        optional=False,
        only="create",
    ),
    Control("optional_items[{n}][amount]", _("Price"), "amount", optional=False, only="create"),
    Control("optional_items[{n}][quantity]", _("Quantity"), "number", attributes={"min": "1"}, optional=False),
    Control("optional_items[{n}][adjustable_quantity][minimum]", _("At least"), "number", attributes={"min": "0"}),
    Control(
        "optional_items[{n}][adjustable_quantity][maximum]",
        _("Buyers can take at most"),
        "number",
        hint=_("Empty: yes or no"),
    ),
)

PICTURE: Final = "line_items[0][picture]"
"""The name of the file field. The stored picture's address stands in `IMAGE`."""

IMAGE: Final = "line_items[{n}][price_data][product_data][images][0]"

ITEMS: Final = Group("items", _("Items and quantities"), (Part(template="items"),))
