"""Log lines: their fields, and the secrets and personal data that they never contain."""

import io
import json
import logging
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.logs import (
    _MAY_BE_SECRET,
    _NUMBER,
    _SECRETS,
    REQUEST_ID,
    UNANSWERED,
    JSONFormatter,
    RequestLogger,
    _may_have_secret,
    _without_cards,
    bind,
    redacted,
)

KEY = "sk_" + "test_" + "51Abc"
CARD = "4242424242424242"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param(f"key {KEY} refused", "key sk_… refused", id="a secret key"),
        pytest.param("rk_" + "live_" + "9x", "rk_…", id="a restricted key"),
        pytest.param("pk_" + "test_" + "9x", "pk_…", id="a publishable key"),
        pytest.param("secret=whsec_" + "a1B2", "secret=whsec_…", id="a webhook secret"),
        pytest.param("bc_" + "0a1b" * 24, "bc_…", id="our own key"),
        pytest.param("task_force", "task_force", id="a word that contains a key prefix"),
        pytest.param("pi_3Abc_secret_9Xyz", "pi_3Abc_secret_…", id="a client secret"),
        pytest.param("Authorization: Bearer abc.def", "Authorization: Bearer …", id="a bearer token"),
        pytest.param("Authorization: Basic YmNfMDEyMzQ1Njc4OTo=", "Authorization: Basic …", id="basic credentials"),
        pytest.param("basic settings", "basic settings", id="the word basic"),
        pytest.param("eyJhbGciOi.eyJzdWIi.c2ln", "eyJ…", id="a JSON web token"),
        pytest.param("t=1790000000,v1=" + "0f" * 32, "t=1790000000,v1=…", id="a signature"),
        pytest.param("GET /console/login/s3cr3t HTTP", "GET /console/login/… HTTP", id="log-in address"),
        pytest.param("GET /console/setup/s3cr3t HTTP", "GET /console/setup/… HTTP", id="set-up address"),
        pytest.param("GET /pay/honey/complete/s3cr3t?session_id=cs_1", "GET /pay/honey/complete/…?session_id=cs_1", id="complete"),
        pytest.param("/pay/honey/cancel/s3cr3t", "/pay/honey/cancel/…", id="cancel"),
        pytest.param("GET /pay/honey/complete%2Fs3cr3t", "GET /pay/honey/complete%2F…", id="a percent-encoded slash"),
        pytest.param("cs_1_secret_fidnand%2FPxpYCc%2FY", "cs_1_secret_…", id="a client secret in an address"),
        pytest.param("/pay/honey?csrf_token=WyJhIl0.s1gn&x=1", "/pay/honey?csrf_token=…&x=1", id="a form's token"),
        pytest.param("{'client_token': 's3cr3t'}", "{'client_token': '…'}", id="a token in a dict"),
        pytest.param("host=db password=pa55 user=apiary", "host=db password=… user=apiary", id="a password in connection settings"),
        pytest.param("the token is missing: try again", "the token is missing: try again", id="the word token"),
        pytest.param("postgresql://apiary:pa55@db/pay", "postgresql://apiary:…@db/pay", id="a database's password"),
        pytest.param("redis://:p@55@db/0", "redis://:…@db/0", id="a password with an @"),
        pytest.param("mary.bee@post.example", "m…@post.example", id="an e-mail address"),
        pytest.param("<m@post.example>, joe@post.example", "<m…@post.example>, j…@post.example", id="two e-mail addresses"),
        pytest.param("email=mary%40post.example&", "email=m…%40post.example&", id="an e-mail address in a query"),
        pytest.param("email=mary%2540post.example", "email=m…%2540post.example", id="an e-mail address encoded twice"),
        pytest.param("ümit@köln.example", "ü…@köln.example", id="an e-mail address that is not ASCII"),
        pytest.param("3 jars @ 12.50", "3 jars @ 12.50", id="an @ without an address"),
        pytest.param(f"paid with {CARD}.", "paid with ….", id="a card"),
        pytest.param("4242 4242 4242 4242", "…", id="a card in groups"),
        pytest.param("3782-822463-10005", "…", id="15 digits with dashes"),
        pytest.param("4242.4242.4242.4242", "…", id="a card with dots"),
        pytest.param("/pay/4242_4242_4242_4242", "/pay/…", id="a card with underscores"),
        pytest.param("?q=4242+4242+4242+4242", "?q=…", id="a card in a query"),
        pytest.param("?q=4242%204242%204242%204242", "?q=…", id="a card in an address"),
        pytest.param("4242\u20114242\u20104242\u20144242", "…", id="a card with other dashes"),
        pytest.param("4242\u200b4242\u200b4242\u200b4242", "…", id="a card with zero-width spaces"),
        pytest.param("４２４２ ٤٢٤٢ ４２４２ ４２４２", "…", id="a card in digits of other scripts"),
        pytest.param("4000000000006", "…", id="13 digits"),
        pytest.param("on 2026-11-22 4242 4242 4242 4242", "on 2026-11-22 …", id="a card after another number"),
        pytest.param("4242 4242 4242 4243", "4242 4242 4242 4243", id="a number with a wrong check digit"),
        pytest.param("1790000000", "1790000000", id="a Unix time"),
        pytest.param(f"{CARD}{CARD}", f"{CARD}{CARD}", id="a number that is too long"),
    ],
)  # fmt: skip
def test_secrets_are_redacted_and_other_text_stays(text: str, written: str) -> None:
    assert redacted(text) == written


def with_check_digit(body: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{body}{-total % 10}"


cards = st.text("0123456789", min_size=12, max_size=18).map(with_check_digit)
words = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=20)


@given(before=words, card=cards, after=words, gap=st.sampled_from(["", " ", "-", " - ", ".", "_", "%20"]))
def test_no_card_number_is_ever_written(before: str, card: str, after: str, gap: str) -> None:
    groups = [card[start : start + 4] for start in range(0, len(card), 4)]
    assert not any(digit.isdecimal() for digit in redacted(before + gap.join(groups) + after))


local_parts = st.text("abcdefghijklmnopqrstuvwxyz0123456789._+-", min_size=2, max_size=20)


@given(before=words, local=local_parts, after=words)
def test_no_whole_e_mail_address_is_ever_written(before: str, local: str, after: str) -> None:
    assert f"{local}@post.example" not in redacted(f"{before} {local}@post.example {after}")


PIECES = [
    *"@ %40 a.example :// :x / complete cancel console login setup sk_ whsec_ bc_ _secret_ token password passwd Secret".split(),
    *"= ' Bearer bAsic eyJ . v1= abc 4242 424242 - %20 \u0664 0f0f0f0f0f0f0f0f QWxhZGRpbjpvcGVu".split(),
    *(" ", ": "),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_every_text_that_a_rule_changes_is_looked_at_by_all_rules(text: str) -> None:
    """Most texts have no part that can belong to a secret, and are written without applying the rules."""
    changed = _NUMBER.sub(lambda match: _without_cards(match[0]), text)
    for pattern, replacement in _SECRETS:
        changed = pattern.sub(replacement, changed)
    assert changed == text or _may_have_secret(text)
    assert _may_have_secret(text) == bool(_MAY_BE_SECRET.search(text))


@pytest.mark.parametrize("secret", [CARD, "4242 4242 4242 4242", "mary@post.example"])
def test_a_text_that_is_cut_keeps_no_part_of_a_secret(secret: str) -> None:
    for length in range(20_000 - len(secret), 20_001):
        text = redacted("-" * length + " " + secret + " " + "-" * 100)
        assert len(text) <= 20_000
        assert "424" not in text
        assert "mary" not in text


def written(message: str, *arguments: object, **extra: object) -> dict[str, Any]:
    record = logging.getLogger("app.test").makeRecord(
        "app.test", logging.WARNING, __file__, 1, message, arguments, None, extra=extra
    )
    line = JSONFormatter().format(record)
    assert len(line.splitlines()) == 1
    fields: dict[str, Any] = json.loads(line)
    return fields


def test_a_line_has_time_level_logger_message_and_every_extra_field() -> None:
    fields = written("session %s", "cs_1", attempt="att_1", payment_link="plink_1")
    assert fields.pop("time").endswith("+00:00")
    assert fields == {
        "level": "warning",
        "logger": "app.test",
        "message": "session cs_1",
        "attempt": "att_1",
        "payment_link": "plink_1",
    }


def test_extra_fields_are_redacted_at_every_depth() -> None:
    fields = written("x", data={"mary@post.example": [CARD, int(CARD), {"key": KEY}]}, fine=1250, none=None, yes=True)
    assert fields["data"] == {"m…@post.example": ["…", "…", {"key": "sk_…"}]}
    assert (fields["fine"], fields["none"], fields["yes"]) == (1250, None, True)


def test_a_secret_is_redacted_in_whichever_field_it_is() -> None:
    fields = {"payment_link": "plink_1", "status": 303, "yes": True, "none": None}
    assert {name: value for name, value in written("x", **fields).items() if name in fields} == fields
    for name in ("payment_link", "status"):
        assert written("x", **{**fields, name: int(CARD)})[name] == "…"
        assert written("x", **{**fields, name: f"key {KEY}"})[name] == "key sk_…"
    assert written(f"failed with {KEY}", **fields)["message"] == "failed with sk_…"
    assert written("x", **{**fields, "status": "long " * 5000})["status"] == ("long " * 4000)[:-400]


@given(st.text())
def test_any_text_stays_on_one_line_of_json(text: str) -> None:
    written("%s", text, more=text)


def test_arguments_that_do_not_fit_their_text_are_logged_beside_it() -> None:
    assert written("%s and %s", KEY)["message"] == "%s and %s ('sk_…',)"


def test_an_exception_is_logged_without_its_secrets() -> None:
    try:
        raise ValueError(f"mary@post.example paid with {CARD}")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, error.__traceback__)})
    record.stack_info = f"called with {KEY}"
    fields = json.loads(JSONFormatter().format(record))
    assert fields["stack"] == "called with sk_…"
    assert "ValueError: m…@post.example paid with …" in fields["exception"]
    assert "mary" not in json.dumps(fields)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONFormatter())
    root = logging.getLogger("app")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    logging.getLogger("app.inner").info("at work")
    time.sleep(0.02)
    if environ["PATH_INFO"] == "/broken":
        raise RuntimeError
    start_response("303 See Other", [])
    return [b""]


def send_request(application: Any, path: str) -> dict[str, Any]:
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "email=mary@post.example"}
    application(environ, lambda *_: None)
    return environ


def test_each_request_has_one_line_and_an_id_on_all_of_its_lines(lines: io.StringIO) -> None:
    environ = send_request(RequestLogger(application), "/pay/honey/complete/s3cr3t")
    inner, request = map(json.loads, lines.getvalue().splitlines())
    assert inner["request"] == request["request"] == environ[REQUEST_ID]
    assert (request["method"], request["path"], request["status"]) == ("POST", "/pay/honey/complete/…", 303)
    assert 20 <= request["milliseconds"] < 60_000
    assert "mary" not in lines.getvalue()
    logging.getLogger("app.inner").info("outside")
    assert "request" not in json.loads(lines.getvalue().splitlines()[-1])


def test_a_path_is_redacted_before_it_is_cut(lines: io.StringIO) -> None:
    send_request(RequestLogger(application), f"/{'x' * 290}/mary@post.example/more")
    path = json.loads(lines.getvalue().splitlines()[-1])["path"]
    assert len(path) == 300
    assert "mary" not in path


def test_a_request_that_fails_is_logged_with_status_500(lines: io.StringIO) -> None:
    with pytest.raises(RuntimeError):
        send_request(RequestLogger(application), "/broken")
    assert json.loads(lines.getvalue().splitlines()[-1])["status"] == 500


def test_a_request_inside_another_one_has_an_id_of_its_own(lines: io.StringIO) -> None:
    inner = RequestLogger(application)

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        send_request(inner, "/webhooks/stripe")
        return application(environ, start_response)

    send_request(RequestLogger(outer), "/pay/honey")
    ids = [json.loads(line)["request"] for line in lines.getvalue().splitlines()]
    assert ids[0] == ids[1] != ids[2] == ids[3]


def test_bound_fields_are_on_every_later_line_of_the_request(lines: io.StringIO) -> None:
    def inner(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        bind(event="evt_1")
        return application(environ, start_response)

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        bind(payment_link="plink_1")
        send_request(RequestLogger(inner), "/webhooks/stripe")
        bind(attempt="mary@post.example")
        return application(environ, start_response)

    send_request(RequestLogger(outer), "/pay/honey")
    bind(payment_link="of no request")
    logging.getLogger("app.inner").info("outside")
    fields = [json.loads(line) for line in lines.getvalue().splitlines()]
    names = ("payment_link", "attempt", "event")
    known = {"payment_link": "plink_1", "attempt": "m…@post.example"}
    assert [{name: line[name] for name in names if name in line} for line in fields] == [
        *[{"event": "evt_1"}] * 2,
        *[known] * 2,
        {},
    ]


def test_a_request_that_will_be_sent_again_has_no_line(lines: io.StringIO) -> None:
    def later(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        environ[UNANSWERED] = True
        return []

    send_request(RequestLogger(later), "/pay/honey")
    logging.getLogger("app.inner").info("outside")
    assert [json.loads(line)["message"] for line in lines.getvalue().splitlines()] == ["outside"]
