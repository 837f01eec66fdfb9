"""Logs: JSON lines on standard error, without secrets and without personal data of buyers.

Every line passes through `redacted` before it is written. It removes keys, tokens, signatures, the secret in a buyer's return address,
e-mail addresses and card numbers.
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

from app.objects.card_number import LENGTHS, passes_card_check
from app.objects.ids import new_id

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID: Final = "counterfoil.request_id"
"""The key of a request's id in its WSGI environment."""

UNANSWERED: Final = "counterfoil.unanswered"
"""The key in the WSGI environment of a request that was not answered now and will be sent again. It gets no line in the log."""

CONFIGURATION: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "app.logs.JSONFormatter"}},
    "handlers": {"stderr": {"()": "app.logs.StderrHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        "stripe": {"level": "WARNING"},  # at INFO it logs each request and each response
    },
}
"""For `logging.config.dictConfig`, and for gunicorn's `logconfig_dict`, so that gunicorn logs in the same way."""

_PATH_LENGTH: Final = 300
_TEXT_LENGTH: Final = 20_000
_SECRET_LENGTH: Final = 400

_request: Final[contextvars.ContextVar[str | None]] = contextvars.ContextVar("request", default=None)
_bound: Final[contextvars.ContextVar[dict[str, str] | None]] = contextvars.ContextVar("bound", default=None)
_log: Final = logging.getLogger("app.requests")

_STANDARD_ATTRIBUTES: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"asctime", "message", "taskName"}
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_PLAIN: Final = frozenset({str, int, bool, type(None)})
_APART: Final = "\n" * 4
"""Stands between two texts, so that their digits are not taken for one long number."""

_DELETE: Final = "\x7f"
_UNSAFE_IN_A_LINE: Final = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_LOCAL: Final = r"[^\s@<>\"'(),:;/=&?…]"
"""A character that may stand before the @ of an e-mail address."""

_SECRETS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # our keys and Stripe's, client secrets of objects, also in the address of a checkout page
    (re.compile(r"(?<![A-Za-z0-9])(sk|rk|pk|bc|whsec)_[A-Za-z0-9_-]{3,}"), r"\1_…"),
    (re.compile(r"_secret_[A-Za-z0-9%_+-]+"), "_secret_…"),
    # by name, in a query, in connection settings or in a dict; what is redacted already stays
    (
        re.compile(
            r"(?i)((?:token|password|passwd|secret)(?:[\"']\s*:\s*b?|=)[\"']?)(?![^\s\"'&,;]{0,400}…)[^\s\"'&,;]+"
        ),
        r"\1…",
    ),
    (re.compile(r"(?i)\b(bearer)([ \t]+|%20)[^\s\"',;…]+"), r"\1\2…"),
    (re.compile(r"(?i)\b(basic)([ \t]+|%20)[A-Za-z0-9+/=_-]{16,}"), r"\1\2…"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), "eyJ…"),
    (re.compile(r"\b(v[01])=[0-9a-fA-F]{16,}"), r"\1=…"),
    (re.compile(r"((?:/|%2F)(?:complete|cancel|console(?:/|%2F)(?:login|setup))(?:/|%2F))[^/\s?#\"'<>…]+"), r"\1…"),
    # the password in an address; before the rule for e-mail addresses, which would take its "@"
    (re.compile(r"(://[^\s/:@…]*):[^\s/…]+@"), r"\1:…@"),
    (re.compile(rf"(?<!{_LOCAL})({_LOCAL}){_LOCAL}*(@|%(?:25)*40)(?=[\w-]+(?:\.[\w-]+)+)"), r"\1…\2"),
)
_MARKS: Final = (
    "@", "%", "://", "eyJ", "v0=", "v1=", "sk_", "rk_", "pk_", "bc_", "ec_", "/complete/", "/cancel/", "/console/",
)  # fmt: skip
_WORDS: Final = ("token", "passw", "secret", "bearer", "basic")
"""In any case of their letters."""

_MANY_DIGITS: Final = re.compile(r"\d(?:\D{0,3}\d){11}")
_MAY_BE_SECRET: Final = re.compile(f"{'|'.join(_MARKS)}|(?i:{'|'.join(_WORDS)})|{_MANY_DIGITS.pattern}")
"""A part of every text that `_SECRETS` and `_NUMBER` change. Most texts have none, and looking for it is quick."""

_NUMBER: Final = re.compile(r"\d+(?:(?:[\s._+\-\u00ad\u200b-\u2015\u2060\u2212\ufeff]|%20){1,3}\d+)*")
_SPACE: Final = "%20"
_GROUP: Final = re.compile(rf"{_SPACE}|\d+")


def configure() -> None:
    """Configure logging for this process. Commands and servers call it; a library leaves that to its host."""
    logging.config.dictConfig(CONFIGURATION)
    # No line names them, so they need not be found for each line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.captureWarnings(True)


def bind(**fields: str) -> None:
    """Add fields (`payment_link`, `attempt`, `event`) to every later line of this request."""
    if (bound := _bound.get()) is not None:
        bound.update(fields)


def redacted(text: str, length: int = _TEXT_LENGTH) -> str:
    """Return the text without secrets, card numbers and whole e-mail addresses: `m…@post.example`.

    Of a text that is longer than `length` only the beginning is returned.
    """
    if len(text) <= length and not _may_have_secret(text):
        return text
    whole, text = text, text[:length]
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    text = _NUMBER.sub(lambda match: _without_cards(match[0]), text)
    # The cut may have left a part of a secret that no pattern matches.
    return text if len(whole) <= length else text[:-_SECRET_LENGTH]


def _may_have_secret(text: str) -> bool:
    """Whether the text has what `_MAY_BE_SECRET` looks for. In plain ASCII, words are found many times faster than by the pattern."""
    if not text.isascii():
        return _MAY_BE_SECRET.search(text) is not None
    return (
        any(map(text.__contains__, _MARKS))
        or any(map(text.lower().__contains__, _WORDS))
        or _MANY_DIGITS.search(text) is not None
    )


class StderrHandler(logging.Handler):
    """Writes each line to the present `sys.stderr` at once."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line in one call: several processes may share the stream."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


class JSONFormatter(logging.Formatter):
    """Formats a record as one line of JSON: `time`, `level`, `logger`, `message`, `request`, bound fields and `extra` fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, redacted."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": "",
        }
        if (request := _request.get()) is not None:
            fields["request"] = request
        texts: dict[str, Any] = {"message": _message(record), **(_bound.get() or {})}
        texts |= {name: value for name, value in record.__dict__.items() if name not in _STANDARD_ATTRIBUTES}
        if record.exc_info:
            texts["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            texts["stack"] = record.stack_info
        line = _ENCODER.encode(fields | _clean_all(texts))
        if line.isascii() and _DELETE not in line:
            return line
        return _UNSAFE_IN_A_LINE.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


class RequestLogger:
    """WSGI middleware that gives each request an id and logs one line when the request is answered.

    The line has no query, no IP address and no user agent.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        id = new_id("req", 16)
        environ[REQUEST_ID] = id
        outer, outer_bound, started, status_code = _request.get(), _bound.get(), time.monotonic(), [500]

        def start_and_note(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            status_code[0] = int(status[:3])
            return start_response(status, headers, exc_info)

        _request.set(id)
        _bound.set({})
        try:
            return self._application(environ, start_and_note)
        finally:
            if UNANSWERED not in environ and _log.isEnabledFor(logging.INFO):
                extra = {
                    "method": environ["REQUEST_METHOD"],
                    "path": redacted(_path(environ), _PATH_LENGTH + _SECRET_LENGTH)[:_PATH_LENGTH],
                    "status": status_code[0],
                    "milliseconds": round((time.monotonic() - started) * 1000),
                }
                # `info` would also look for the line of code that it was called from, which no line of the log names.
                record = _log.makeRecord(_log.name, logging.INFO, __file__, 0, "request", (), None, extra=extra)
                _log.handle(record)
            # Not by token: a delivery of the sandbox is a request inside another one.
            _request.set(outer)
            _bound.set(outer_bound)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # the arguments do not fit the text; log both
        return f"{record.msg} {record.args}"


def _path(environ: "WSGIEnvironment") -> str:
    path: str = environ.get("PATH_INFO", "")
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _clean_all(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values for JSON with each text redacted. Most lines have no secret, so all texts are looked at together first."""
    if all(type(value) in _PLAIN for value in values.values()):
        together = _APART.join(map(str, values.values()))
        if len(together) <= _TEXT_LENGTH and not _may_have_secret(together):
            return values
    return {name: _clean(value) for name, value in values.items()}


def _clean(value: Any) -> Any:
    """Return the value for JSON with each text redacted. A type that JSON does not have becomes text."""
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
    """Return groups of digits with `…` in place of each run of whole groups that is a card number."""
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
    """Return the last group of the longest card number that starts with this group, or None."""
    number, found = "", None
    for last in range(first, len(groups)):
        number += groups[last][0]
        if len(number) >= LENGTHS.stop:
            break
        if passes_card_check(number):
            found = last
    return found
