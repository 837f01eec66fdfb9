"""The HTTP client of the SDK. It limits the time of a call, retries included, and the size of the response."""

from collections.abc import Callable, Mapping
from http.client import HTTPException
from time import monotonic
from typing import Any, Final

import stripe
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import ClosedPoolError, HTTPError, ProtocolError, ProxyError
from urllib3.exceptions import TimeoutError as SocketTimeout

from app.gateway.network.breaker import Breaker
from app.gateway.network.call_slots import CallSlots, NoSlot
from app.gateway.network.deadline import seconds_left, time_is_over, within
from app.gateway.network.servers import Servers
from app.gateway.network.sockets import Resolve, system_resolve

CALL_SECONDS: Final = 20.0
"""How long one call may take, with all its retries. All calls of one web request together have as many seconds (`one_request`)."""

MAXIMUM_ANSWER: Final = 16 * 1024 * 1024
"""Maximum size of a response in bytes, decompressed. A page of 100 objects has about 100 kilobytes."""

CHUNK: Final = 64 * 1024

_ACCEPTED: Final = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate"}

_RETRIED: Final = (SocketTimeout, ProtocolError, ProxyError, ClosedPoolError, OSError)
"""The errors that the SDK may retry: no connection, no answer, or an answer that stalls. An error of TLS is not one of them."""


class AnswerTooLong(HTTPError):
    """The response has more bytes than `MAXIMUM_ANSWER`."""


class AnswerBroken(HTTPError):
    """The body of the response ended early or is malformed. Stripe has acted, so the call is not retried."""


class StripeNotAsked(stripe.APIConnectionError):
    """The call was not made: Stripe did not answer recent calls, too many threads wait for it, or no time is left."""

    def __init__(self, message: str) -> None:
        super().__init__(message, should_retry=False)  # type: ignore[no-untyped-call]


class NetworkClient(stripe.HTTPClient):
    """Sends HTTP requests over connections that stay open. A call takes at most `seconds`, also when the server hangs.

    One HTTP try takes at most half of them, so that there is time for a retry with the same idempotency key.
    """

    name = "urllib3"

    def __init__(
        self,
        seconds: float = CALL_SECONDS,
        *,
        clock: Callable[[], float] = monotonic,
        slots: CallSlots | None = None,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._breaker = Breaker()
        self._slots = slots or CallSlots()
        self._servers = Servers(resolve, self._slots.number)
        super().__init__()

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Send a request and retry it as the SDK does, within the time that is left. Raises `StripeNotAsked`."""
        account = headers.get("Stripe-Account")
        if not self._breaker.admit(account, self._clock()):
            raise StripeNotAsked("Stripe did not answer the last calls. Calls are paused for some seconds.")
        try:
            with self._slots.take(), within(self._seconds):
                if time_is_over():
                    raise StripeNotAsked("The time limit of this web request was reached.")
                answer = super().request_with_retries(
                    method, url, headers, post_data, max_network_retries, _usage=_usage
                )
        except (NoSlot, StripeNotAsked) as error:
            self._breaker.not_asked(account)
            raise StripeNotAsked(str(error)) from None
        except stripe.APIConnectionError:
            self._breaker.failed(account, self._clock())
            raise
        self._breaker.answered(account)
        return answer

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[Any, int, Mapping[str, str]]:
        """Make one try and return the body, the status and the headers of the answer. Raises `stripe.APIConnectionError`."""
        try:
            if time_is_over():
                raise TimeoutError("No time is left for another try.")
            with within(self._seconds / 2):
                return self._send(method.upper(), url, {**_ACCEPTED, **(headers or {})}, post_data)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise _not_answered(error) from error

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._servers.close()

    def _send(self, method: str, url: str, headers: dict[str, str], body: Any) -> tuple[bytes, int, Mapping[str, str]]:
        response = self._servers.send(
            method, url, body=body, headers=headers, preload_content=False, retries=False, timeout=self._seconds
        )
        try:
            return _read_body(response), response.status, response.headers
        finally:
            response.close()

    def _should_retry(
        self, response: Any, api_connection_error: Any, num_retries: int, max_network_retries: int | None
    ) -> bool:
        """Return False if the SDK's pause before a retry is as long as the time that is left, or longer."""
        left = seconds_left()
        if left is not None and left <= self.INITIAL_DELAY * 2**num_retries:
            return False
        return bool(super()._should_retry(response, api_connection_error, num_retries, max_network_retries))


def _read_body(response: BaseHTTPResponse) -> bytes:
    """Read the body. Raises `AnswerTooLong`, `AnswerBroken`, and `TimeoutError` at the deadline of the try."""
    content = bytearray()
    try:
        if 0 < (response.length_remaining or 0) <= CHUNK and "Content-Encoding" not in response.headers:
            return response.read()  # one piece; the socket ends each wait at the deadline
        for chunk in response.stream(CHUNK, decode_content=True):
            content += chunk
            if len(content) > MAXIMUM_ANSWER:
                raise AnswerTooLong
            if time_is_over():
                raise TimeoutError("The answer did not end in time.")
    except ProtocolError as error:
        raise AnswerBroken from error
    return bytes(content)


def _not_answered(error: Exception) -> stripe.APIConnectionError:
    """Return the SDK's error for one that the connection raised. It says whether the SDK may retry."""
    return stripe.APIConnectionError("Stripe did not answer.", should_retry=isinstance(error, _RETRIED))  # type: ignore[no-untyped-call]
