"""What is wrong with a file of links, and what an import or an event reports, in the language of the console."""

import re
from typing import Final

from app.errors import InvalidRequest
from app.web.console.messages.translate import (
    end_sentence,
    is_from_stripe,
    sentence_text,
    stripe_text,
    translate_message,
)
from app.web.console.picture_text import picture_problem
from app.web.display.translation import join_sentences

_SENTENCES: Final = re.compile(r"(?<=\.) (?=[A-Z])")


def notes_text(notes: str) -> str:
    """Return the stored notes about an imported link in the language of the page. Each sentence is a note."""
    return join_sentences(*(sentence_text(note) for note in _SENTENCES.split(notes)))


def file_problem(error: InvalidRequest) -> str:
    """Return what is wrong with a file, with the place in it unless the text names it."""
    if is_from_stripe(error):
        text = stripe_text(error.message)
    else:
        text = end_sentence(translate_message(error.message) or picture_problem(error))
    return f"{text} ({error.param})" if error.param and error.param not in text else text
