"""The sandbox's API: from an HTTP request to one operation, and back to JSON with Stripe's errors.

The work of a request is one transaction. Its events are delivered afterwards.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request as HTTPRequest
from werkzeug.wrappers import Response

from app.errors import AccessError, CounterfoilError, InvalidRequest, UnknownRoute
from app.logs import REQUEST_ID
from app.objects.ids import new_id
from app.sandbox import expansion, idempotency
from app.sandbox.account import DEFAULT_ACCOUNT, Account, Document
from app.sandbox.resources.redemption import current, find_current
from app.sandbox.routing import Listing, Operation, SearchResult
from app.store.engine import Engine
from app.wire.errors import validate
from app.wire.expand import expand_paths
from app.wire.form import MAXIMUM_BODY, decode, multipart_pairs, parse_form
from app.wire.idempotency import fingerprint_of
from app.wire.json_params import json_params, without_null
from app.wire.lists import list_envelope, search_envelope
from app.wire.v1_errors import Pages, error_object, kind_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True)
class _Answer:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@cache
def _map_of(names: tuple[str, ...]) -> Map:
    """Return the URL map of operations named like `GET /prices/<id>`. It is compiled once for each process."""
    rules = [(name, *name.split(" ", 1)) for name in names]
    return Map(
        [Rule(f"/v1{path}", endpoint=name, methods=[method]) for name, method, path in rules], strict_slashes=False
    )


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
        self._map = _map_of(tuple(self._operations))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        http = HTTPRequest(environ)
        http.max_content_length = MAXIMUM_BODY
        # The same id as in the log, if the application hands its own request on.
        request_id = environ.get(REQUEST_ID) or new_id("req", 14)
        answer = self._answer(http, request_id)
        response = Response(json.dumps(answer.body, ensure_ascii=False), answer.status, mimetype="application/json")
        response.headers["Request-Id"] = request_id
        response.headers["Cache-Control"] = "no-store"
        response.headers.update(answer.headers)
        return response(environ, start_response)

    def _answer(self, http: HTTPRequest, request_id: str) -> _Answer:
        try:
            return self._run(http, request_id)
        except CounterfoilError as error:
            return _error_answer(error, Pages(self._public_url, request_id))

    def _run(self, http: HTTPRequest, request_id: str) -> _Answer:
        _require_test_key(http)
        operation, values = self._route(http)
        now = self._clock()
        self._before(now)
        data = _read_data(http, operation.parameters)
        account = Account(
            engine=self._engine,
            id=http.headers.get("Stripe-Account") or DEFAULT_ACCOUNT,
            now=now,
            public_url=self._public_url,
            request_id=request_id,
            idempotency_key=http.headers.get("Idempotency-Key") if http.method == "POST" else None,
        )
        work = _Work(operation, account, data, values)
        if account.idempotency_key is None:
            answer = _Answer(200, self._run_in_transaction(work), {})
        else:
            answer = self._run_once(work, fingerprint_of(http.path, data), account.idempotency_key)
        self._after(now)
        return answer

    def _route(self, http: HTTPRequest) -> tuple[Operation, Mapping[str, Any]]:
        try:
            name, values = self._map.bind_to_environ(http.environ).match()
        except HTTPException:
            raise UnknownRoute(
                f"Unrecognized request URL ({http.method}: {http.path[:200]}). "
                "If you are trying to list objects, remove the trailing slash."
            ) from None
        return self._operations[name], values

    def _run_once(self, work: "_Work", fingerprint: str, key: str) -> _Answer:
        """Run an operation with an idempotency key, or return the answer to the first request with that key."""
        organization, engine, claimed_at = work.account.id, self._engine, work.account.now
        request_id = work.account.request_id or ""
        stored = idempotency.claim(engine, organization, key, fingerprint, claimed_at)
        if stored is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": stored.request_id, "Idempotency-Key": key}
            return _Answer(stored.status, stored.body, headers)

        def store(body: Document) -> None:
            answer = idempotency.StoredAnswer(200, body, request_id)
            idempotency.finish(engine, organization, key, claimed_at, answer)

        try:
            body = self._run_in_transaction(work, store)
        except BaseException:
            idempotency.release(engine, organization, key, claimed_at)
            raise
        return _Answer(200, body, {"Idempotency-Key": key, "Original-Request": request_id})

    def _run_in_transaction(self, work: "_Work", store: Callable[[Document], None] | None = None) -> Document:
        if work.operation.method == "GET":
            return work.run()

        def run_and_store() -> Document:
            body = work.run()
            if store is not None:
                store(body)
            return body

        return self._engine.run(run_and_store)


@dataclass(frozen=True)
class _Work:
    """One operation with everything it needs, so that it can run again after a lost race."""

    operation: Operation
    account: Account
    data: Mapping[str, Any]
    values: Mapping[str, Any]

    def run(self) -> Document:
        """Run the operation and return its answer as JSON data."""
        schema, account = self.operation.parameters, self.account
        params = validate(schema, self.data)
        resolve = partial(find_current, account)
        result = self.operation.run(account, params, **self.values)
        if isinstance(result, Listing | SearchResult):
            paths = expand_paths(params.expand, of_list=True)
            expansion.check(self.operation.object, paths)
            documents = [expansion.render(current(account, one), paths, resolve=resolve) for one in result.documents]
            if isinstance(result, SearchResult):
                return search_envelope(documents, self._url(), result.next_page)
            return list_envelope(documents, self._url(), result.has_more)
        paths = expand_paths(params.expand)
        expansion.check(self.operation.object, paths)
        return expansion.render(current(account, result), paths, resolve=resolve)

    def _url(self) -> str:
        path = self.operation.path
        for name, value in self.values.items():
            path = path.replace(f"<{name}>", str(value))
        return f"/v1{path}"


def _read_data(http: HTTPRequest, schema: type[BaseModel]) -> dict[str, Any]:
    """Return the parameters of a request as plain data: a form or JSON in the body of a POST, else the query."""
    try:
        if http.method != "POST":
            return decode(parse_form(http.query_string), schema)
        if http.mimetype == "application/json":
            return without_null(json_params(http.get_data()))
        if http.mimetype == "multipart/form-data":
            return decode(multipart_pairs(http.form.items(multi=True), http.files), schema)
        return decode(parse_form(http.get_data()), schema)
    except RequestEntityTooLarge:
        raise InvalidRequest(f"The request's parameters must have at most {MAXIMUM_BODY} bytes.") from None


def _require_test_key(http: HTTPRequest) -> None:
    """Raise `AccessError` unless the request has a key with the prefix of a test key."""
    authorization = http.authorization
    key = ""
    if authorization is not None:
        key = (authorization.token if authorization.type == "bearer" else authorization.username) or ""
    if not key.startswith(("sk_test_", "rk_test_")):
        raise AccessError("Invalid API Key provided: the sandbox takes any key that starts with sk_test_.")


def _error_answer(error: CounterfoilError, pages: Pages) -> _Answer:
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, AccessError) else {}
    return _Answer(kind_of(error).status, error_object(error, pages), headers)
