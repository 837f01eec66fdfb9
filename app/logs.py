"""Logs: JSON lines on standard error, one object a line, and nothing in them that is a secret or says who a buyer is.

Whatever anybody logs goes through `redacted` on its way out: keys, tokens and signatures, the secret in a buyer's return address,
e-mail addresses and numbers that could be a card's are gone before a line is written.
"""

import contextvars
import json
import logging
import logging.config
import re
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from app.objects.card_number import LENGTHS, is_card_number
from app.objects.ids import new_id

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID: Final = "counterfoil.request_id"
"""Where a request's id stands in its WSGI environment."""

CONFIGURATION: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "app.logs.JSONLines"}},
    "handlers": {"stderr": {"()": "app.logs.StandardError", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        "stripe": {"level": "WARNING"},  # it tells of every request and of every answer
    },
}
"""For `logging.config.dictConfig`, and for gunicorn's `logconfig_dict`, so that its own lines go the same way."""

_PATH_LENGTH: Final = 300
_TEXT_LENGTH: Final = 20_000
_SECRET_LENGTH: Final = 400

_request: Final[contextvars.ContextVar[str | None]] = contextvars.ContextVar("request", default=None)
_about: Final[contextvars.ContextVar[dict[str, str] | None]] = contextvars.ContextVar("about", default=None)
_log: Final = logging.getLogger("app.requests")

_USUAL: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"asctime", "message", "taskName"}
_NOT_IN_A_LINE: Final = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_LOCAL: Final = r"[^\s@<>\"'(),:;/=&?…]"
"""A character before the @ of an e-mail address, as far as anything around it lets one tell."""

_SECRETS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # keys of ours and of Stripe, an object's client secret, and where a checkout page hides one in its address
    (re.compile(r"(?<![A-Za-z0-9])(sk|rk|pk|bc|whsec)_[A-Za-z0-9_-]{3,}"), r"\1_…"),
    (re.compile(r"_secret_[A-Za-z0-9%_+-]+"), "_secret_…"),
    # by its name, in a query, a connection's settings or a dict; what has gone already stays as it is
    (
        re.compile(r"(?i)((?:token|password|passwd|secret)(?:[\"']\s*:\s*b?|=)[\"']?)(?![^\s\"'&,;]*…)[^\s\"'&,;]+"),
        r"\1…",
    ),
    (re.compile(r"(?i)\b(bearer)([ \t]+|%20)[^\s\"',;…]+"), r"\1\2…"),
    (re.compile(r"(?i)\b(basic)([ \t]+|%20)[A-Za-z0-9+/=_-]{16,}"), r"\1\2…"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), "eyJ…"),
    (re.compile(r"\b(v[01])=[0-9a-fA-F]{16,}"), r"\1=…"),
    (re.compile(r"((?:/|%2F)(?:complete|cancel)(?:/|%2F))[^/\s?#\"'<>…]+"), r"\1…"),
    # a user's password in an address, before its "@" is taken for an e-mail's
    (re.compile(r"(://[^\s/:@…]*):[^\s/…]+@"), r"\1:…@"),
    (re.compile(rf"(?<!{_LOCAL})({_LOCAL}){_LOCAL}*(@|%(?:25)*40)(?=[\w-]+(?:\.[\w-]+)+)"), r"\1…\2"),
)
_NUMBER: Final = re.compile(r"\d+(?:(?:[\s._+\-\u00ad\u200b-\u2015\u2060\u2212\ufeff]|%20){1,3}\d+)*")
_SPACE: Final = "%20"
_GROUP: Final = re.compile(rf"{_SPACE}|\d+")


def configure() -> None:
    """Let this process write its logs as JSON lines. For commands and servers; a library would leave that to its host."""
    logging.config.dictConfig(CONFIGURATION)
    logging.captureWarnings(True)


def bind(**known: str) -> None:
    """Add fields (`payment_link`, `attempt`, `event`) to every later line of this request."""
    if (noted := _about.get()) is not None:
        noted.update(known)


def redacted(text: str) -> str:
    """The text without secrets, without whole e-mail addresses (`m…@post.example`) and without numbers like a card's."""
    whole, text = text, text[:_TEXT_LENGTH]
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    text = _NUMBER.sub(lambda match: _without_cards(match[0]), text)
    # Where a text is cut off, what is left of a secret is no longer known as one.
    return text if len(whole) <= _TEXT_LENGTH else text[:-_SECRET_LENGTH]


class StandardError(logging.Handler):
    """Writes each line at once to whatever is standard error at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, whole: several processes may share the stream."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


class JSONLines(logging.Formatter):
    """`time`, `level`, `logger`, `message`, `request` where there is one, and every `extra` field by its own name."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, redacted whole."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _clean(_message(record)),
        }
        if (request := _request.get()) is not None:
            told["request"] = request
        told |= {name: _clean(value) for name, value in (_about.get() or {}).items()}
        told |= {name: _clean(value) for name, value in record.__dict__.items() if name not in _USUAL}
        if record.exc_info:
            told["exception"] = _clean(self.formatException(record.exc_info))
        if record.stack_info:
            told["stack"] = _clean(record.stack_info)
        line = json.dumps(told, ensure_ascii=False)
        return _NOT_IN_A_LINE.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


class RequestLines:
    """A WSGI application around another one: each request has an id, and one line when it has been answered.

    The line has no query, no address and no name of a browser. What the application does with the environment's id is its business.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        id = new_id("req", 16)
        environ[REQUEST_ID] = id
        outer, outer_about, began, answered = _request.get(), _about.get(), time.monotonic(), [500]

        def noting(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            answered[0] = int(status[:3])
            return start_response(status, headers, exc_info)

        _request.set(id)
        _about.set({})
        try:
            return self._application(environ, noting)
        finally:
            _log.info(
                "request",
                extra={
                    "method": environ["REQUEST_METHOD"],
                    "path": redacted(_path(environ))[:_PATH_LENGTH],
                    "status": answered[0],
                    "milliseconds": round((time.monotonic() - began) * 1000),
                },
            )
            # By hand and not by token: a sandbox's delivery is a request inside another one.
            _request.set(outer)
            _about.set(outer_about)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit their text are no reason to lose it
        return f"{record.msg} {record.args}"


def _path(environ: "WSGIEnvironment") -> str:
    path: str = environ.get("PATH_INFO", "")
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _clean(value: Any) -> Any:
    """A value for JSON with every text in it redacted; what JSON does not know is told as text."""
    if isinstance(value, bool | None):
        return value
    if isinstance(value, int):
        text = str(value)
        return value if redacted(text) == text else redacted(text)
    if isinstance(value, dict):
        return {redacted(str(name)): _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return redacted(str(value))


def _without_cards(text: str) -> str:
    """Digits in groups, where every run of whole groups that could be a card's number gives way to `…`."""
    groups = [group for group in _GROUP.finditer(text) if group[0] != _SPACE]
    kept, copied, first = [], 0, 0
    while first < len(groups):
        last = _end_of_card(groups, first)
        if last is None:
            first += 1
            continue
        kept += [text[copied : groups[first].start()], "…"]
        copied, first = groups[last].end(), last + 1
    return "".join(kept) + text[copied:]


def _end_of_card(groups: list[re.Match[str]], first: int) -> int | None:
    """The last of the groups that, from this first one on, make up a card's number; the longest there is."""
    number, found = "", None
    for last in range(first, len(groups)):
        number += groups[last][0]
        if len(number) >= LENGTHS.stop:
            break
        if is_card_number(number):
            found = last
    return found
