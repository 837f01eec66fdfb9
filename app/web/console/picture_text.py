"""Why a file cannot be used as a picture, in the language of the console."""

from app.errors import InvalidRequest
from app.services.pictures import MAXIMUM_BYTES, MAXIMUM_PIXELS
from app.web.console.messages.translate import problem_text
from app.web.display.formatting import number
from app.web.display.translation import gettext as _


def picture_problem(error: InvalidRequest) -> str:
    """Return what is wrong with an uploaded file. An error that is not about its content keeps its message."""
    found = {
        "picture_empty": _("This file is empty. Choose a picture"),
        "picture_too_large": _(
            "This file is larger than %(size)s MB. Choose a smaller one", size=number(MAXIMUM_BYTES // 1024**2)
        ),
        "picture_damaged": _("This picture is damaged. Save it again as PNG or JPEG"),
        "picture_format": _(
            "This file is not a picture that pages can show. Choose a PNG, JPEG, WebP or GIF file. "
            "A phone can also save its pictures as JPEG"
        ),
        "picture_not_public": _("Stripe cannot fetch a picture from this server. It needs a public address with https"),
        "picture_animated": _("This picture moves. Choose one that stands still"),
        "picture_too_many_pixels": _(
            "This picture has more than %(millions)s million pixels. Choose a smaller one",
            millions=number(MAXIMUM_PIXELS // 1_000_000),
        ),
    }
    return found.get(error.code or "") or problem_text(error)
