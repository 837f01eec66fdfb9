"""The sandbox's API: from an HTTP request to one operation and back to JSON, with Stripe's errors.

A request's work is one transaction; its events are delivered after it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request as HTTPRequest
from werkzeug.wrappers import Response

from app.errors import (
    AccessError,
    CounterfoilError,
    IdempotencyInFlight,
    InvalidRequest,
    ResourceMissing,
    StoreBusy,
)
from app.objects.ids import new_id
from app.sandbox import expansion, idempotency
from app.sandbox.account import DEFAULT_ACCOUNT, Account, Document
from app.sandbox.routing import Listing, Operation
from app.store.engine import Engine
from app.wire.errors import error_body, validate
from app.wire.form import decode
from app.wire.lists import list_envelope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAXIMUM_BODY: Final = 1_000_000


@dataclass(frozen=True)
class _Answer:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class Api:
    """A WSGI application that serves `/v1/…`. `before` and `after` run around every request, outside its transaction."""

    def __init__(
        self,
        engine: Engine,
        operations: Iterable[Operation],
        *,
        clock: Callable[[], int],
        public_url: str,
        before: Callable[[int], None],
        after: Callable[[int], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._public_url = public_url
        self._before = before
        self._after = after
        self._operations = {f"{operation.method} {operation.path}": operation for operation in operations}
        self._map = Map(
            [
                Rule(f"/v1{operation.path}", endpoint=name, methods=[operation.method])
                for name, operation in self._operations.items()
            ],
            strict_slashes=False,
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        http = HTTPRequest(environ)
        http.max_content_length = MAXIMUM_BODY
        request_id = new_id("req", 14)
        answer = self._guarded(http, request_id)
        response = Response(json.dumps(answer.body, ensure_ascii=False), answer.status, mimetype="application/json")
        response.headers["Request-Id"] = request_id
        response.headers["Cache-Control"] = "no-store"
        response.headers.update(answer.headers)
        return response(environ, start_response)

    def _guarded(self, http: HTTPRequest, request_id: str) -> _Answer:
        try:
            return self._answer(http, request_id)
        except CounterfoilError as error:
            return _refused(error)

    def _answer(self, http: HTTPRequest, request_id: str) -> _Answer:
        _check_key(http)
        operation, values = self._route(http)
        now = self._clock()
        self._before(now)
        try:
            body = http.get_data() if http.method == "POST" else http.query_string
            text = body.decode()
        except (UnicodeDecodeError, RequestEntityTooLarge):
            raise InvalidRequest("The request's parameters must be UTF-8 and at most one megabyte.") from None
        account = Account(
            engine=self._engine,
            id=http.headers.get("Stripe-Account") or DEFAULT_ACCOUNT,
            now=now,
            public_url=self._public_url,
            request_id=request_id,
            idempotency_key=http.headers.get("Idempotency-Key") if http.method == "POST" else None,
        )
        work = _Work(operation, account, text, values)
        if account.idempotency_key is None:
            answer = _Answer(200, self._transacted(work), {})
        else:
            answer = self._once(work, f"{http.method} {http.path}\n{text}", account.idempotency_key)
        self._after(now)
        return answer

    def _route(self, http: HTTPRequest) -> tuple[Operation, Mapping[str, Any]]:
        try:
            name, values = self._map.bind_to_environ(http.environ).match()
        except HTTPException:
            raise _Unrecognized(
                f"Unrecognized request URL ({http.method}: {http.path[:200]}). "
                "If you are trying to list objects, remove the trailing slash."
            ) from None
        return self._operations[name], values

    def _once(self, work: "_Work", fingerprinted: str, key: str) -> _Answer:
        organization, engine, claimed = work.account.id, self._engine, work.account.now
        fingerprint = sha256(fingerprinted.encode()).hexdigest()
        kept = idempotency.claim(engine, organization, key, fingerprint, claimed)
        if kept is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": kept.request_id, "Idempotency-Key": key}
            return _Answer(kept.status, kept.body, headers)

        def keep(body: Document) -> None:
            answer = idempotency.Kept(200, body, work.account.request_id or "")
            idempotency.finish(engine, organization, key, claimed, answer)

        try:
            body = self._transacted(work, keep)
        except BaseException:
            idempotency.abandon(engine, organization, key, claimed)
            raise
        return _Answer(200, body, {"Idempotency-Key": key, "Original-Request": work.account.request_id or ""})

    def _transacted(self, work: "_Work", keep: Callable[[Document], None] | None = None) -> Document:
        if work.operation.method == "GET":
            return work.done()

        def whole() -> Document:
            body = work.done()
            if keep is not None:
                keep(body)
            return body

        return self._engine.run(whole)


@dataclass(frozen=True)
class _Work:
    """One operation with everything it needs, so that it can be done again after a lost race."""

    operation: Operation
    account: Account
    text: str
    values: Mapping[str, Any]

    def done(self) -> Document:
        schema, account = self.operation.parameters, self.account
        params = validate(schema, decode(parse_qsl(self.text, keep_blank_values=True), schema))
        paths = params.expand
        result = self.operation.run(account, params, **self.values)
        if isinstance(result, Listing):
            for path in paths:
                if not path.startswith("data."):
                    raise InvalidRequest(f"This property cannot be expanded ({path[:100]}).", param="expand")
            inner = [path.removeprefix("data.") for path in paths]
            expansion.check(self.operation.object, inner)
            rendered = [expansion.render(one, inner, resolve=account.find) for one in result.documents]
            return list_envelope(rendered, self._url(), result.has_more)
        expansion.check(self.operation.object, paths)
        return expansion.render(result, paths, resolve=account.find)

    def _url(self) -> str:
        path = self.operation.path
        for name, value in self.values.items():
            path = path.replace(f"<{name}>", str(value))
        return f"/v1{path}"


class _Unrecognized(InvalidRequest):
    """No operation has this address."""


def _check_key(http: HTTPRequest) -> None:
    """Any key that looks like a test key will do; a live one has no business here."""
    authorization = http.authorization
    key = ""
    if authorization is not None:
        key = (authorization.token if authorization.type == "bearer" else authorization.username) or ""
    if not key.startswith(("sk_test_", "rk_test_")):
        raise AccessError("Invalid API Key provided: the sandbox takes any key that starts with sk_test_.")


def _refused(error: CounterfoilError) -> _Answer:
    if isinstance(error, InvalidRequest):
        missing = isinstance(error, _Unrecognized) or (isinstance(error, ResourceMissing) and error.param == "id")
        body = error_body(error.type, error.message, code=error.code, param=error.param)
        return _Answer(404 if missing else 400, body, {})
    if isinstance(error, IdempotencyInFlight):
        body = error_body("idempotency_error", error.message, code="idempotency_key_in_use")
        return _Answer(409, body, {})
    if isinstance(error, StoreBusy):
        return _Answer(429, error_body("invalid_request_error", error.message, code="lock_timeout"), {})
    if isinstance(error, AccessError):
        return _Answer(401, error_body("invalid_request_error", error.message), {"WWW-Authenticate": "Bearer"})
    return _Answer(500, error_body("api_error", "The sandbox could not answer. Try again in a moment."), {})
