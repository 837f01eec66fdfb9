"""What is wrong with a file of links, and what an import or an event reports, in the language of the console.

The services write these messages in English, for the API, the command line and the store.
"""

import re
from typing import Final

from app.errors import GatewayError, GatewayUnavailable, InvalidRequest
from app.services.pictures import PictureRefused
from app.web.console.editor.rule_texts import N_, patterns_of, translate_message
from app.web.console.picture_text import picture_problem
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences

TEXTS: Final = (
    N_("This is not valid JSON (line %(line)s, column %(column)s)."),
    N_("This is not valid JSON."),
    N_("A JSON object is expected."),
    N_("This JSON has more than %(depth)s levels."),
    N_("Too many parameters: a request has at most %(allowed)s."),
    N_("Repeated parameter: %(name)s occurs in one object more than once."),
    N_("Received unknown parameter: %(name)s. Did you mean %(other)s?"),
    N_("Received unknown parameter: %(name)s."),
    N_("Missing required param: %(name)s."),
    N_("This is no export of Counterfoil, or it was changed by hand."),
    N_("This is not the picture that was exported under this path."),
    N_("The file has no link."),
    N_("The file has more than %(allowed)s links."),
    N_("A link of the file has no id."),
    N_("Another move is running. Wait a moment, then open this page again."),
    N_("Nothing in this file is called %(name)s above this place."),
    N_("Another organization has a link with this slug or id."),
    N_("Name one id for each line item."),
    N_("Another organization of this server has the link already."),
    N_("Stripe did not list the link again."),
    N_("Stripe could not be reached."),
    N_("The link cannot be read (%(name)s)."),
    N_("The count must not be negative."),
    N_("The price was not read."),
    N_("The text has a character that cannot be stored."),
    N_("The link has no items."),
    N_("Switched off: %(place)s is gone at Stripe."),
    N_("Switched off: the product %(id)s is deleted."),
    N_("Switched off: the product %(id)s is archived."),
    N_("Switched off: %(place)s %(id)s is archived."),
    N_("Left out %(place)s: Stripe answers null inside it."),
    N_("Event %(id)s was made here. It reports a change, so there is nothing to apply."),
)

_PATTERNS: Final = patterns_of(TEXTS)
_PARSER: Final = re.compile(r"\([^()]*, (line [0-9]+, column [0-9]+)\)")
"""What Python's parser of JSON reports. Its reason is in English, so pages show the place alone."""

_SENTENCES: Final = re.compile(r"(?<=\.) (?=[A-Z])")


def report_text(message: str) -> str:
    """Return a message of a file, an import or an event in the language of the page. Another message stays as it is."""
    return translate_message(_PARSER.sub(r"(\1)", message), str, _PATTERNS) or message


def notes_text(notes: str) -> str:
    """Return the stored notes about an imported link in the language of the page. Each sentence is a note."""
    return join_sentences(*(report_text(note) for note in _SENTENCES.split(notes)))


def file_problem(error: InvalidRequest) -> str:
    """Return what is wrong with a file, with the place in it if there is one."""
    text = report_text(error.message)
    if text == error.message:
        picture = picture_problem(error) if isinstance(error, PictureRefused) else None
        text = picture or translate_message(error.message, str) or error.message
    return f"{text} ({error.param})" if error.param else text


def stripe_problem(error: GatewayError) -> str:
    """Return what Stripe answered, or that it could not be reached."""
    text = report_text(error.message)
    return text if error.message == GatewayUnavailable.message else _("Stripe says: “%(message)s”", message=text)
