"""The editor of a link: one declared table of controls, from which the form is shown, read and filled.

`controls` is the table. `reading` turns a form into the API's parameters, `filling` turns a link into a form.
"""

from flask import Flask

from app.web.console.editor import created, entry_controls, preview, views
from app.web.console.editor.controls.advanced import INVOICE_PAIRS, PAIRS
from app.web.console.editor.controls.money import NEW_RATE
from app.web.console.sold import sold

__all__ = ["created", "preview", "register", "views"]


def register(app: Flask) -> None:
    """Add what the editor's templates use to an application."""
    app.jinja_env.filters["sold_item"] = sold
    app.jinja_env.globals.update(
        first_step_control=entry_controls.first_step_control,
        invoice_pairs=INVOICE_PAIRS,
        item_controls=entry_controls.item_controls,
        link_pairs=PAIRS,
        new_rate=NEW_RATE,
        option_controls=entry_controls.option_controls,
        question_controls=entry_controls.question_controls,
        tier_controls=entry_controls.tier_controls,
    )
