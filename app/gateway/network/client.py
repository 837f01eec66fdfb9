"""The HTTP client of the SDK. It limits the time of a call, retries included, and the size of the response."""

from collections.abc import Callable, Mapping
from functools import cache
from time import monotonic
from typing import Any, Final
from urllib.parse import urljoin

import requests
import stripe
from requests.utils import get_environ_proxies

from app.gateway.network.breaker import Breaker
from app.gateway.network.call_slots import CallSlots, NoSlot
from app.gateway.network.deadline import seconds_left, time_is_over, within
from app.gateway.network.sockets import Adapter, Resolve, system_resolve

CALL_SECONDS: Final = 20.0
"""How long one call may take, with all its retries. All calls of one web request together have as many seconds (`one_request`)."""

MAXIMUM_ANSWER: Final = 16 * 1024 * 1024
"""Maximum size of a response in bytes, decompressed. A page of 100 objects has about 100 kilobytes."""

CHUNK: Final = 64 * 1024


class AnswerTooLong(requests.RequestException):
    """The response has more bytes than `MAXIMUM_ANSWER`."""


class StripeNotAsked(stripe.APIConnectionError):
    """The call was not made: Stripe did not answer recent calls, too many threads wait for it, or no time is left."""

    def __init__(self, message: str) -> None:
        super().__init__(message, should_retry=False)  # type: ignore[no-untyped-call]


class NetworkClient(stripe.RequestsClient):
    """Sends HTTP requests. A call takes at most `seconds`, also when the server hangs.

    One HTTP try takes at most half of them, so that there is time for a retry with the same idempotency key.
    """

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
        super().__init__(timeout=seconds, session=_BoundedSession(seconds / 2, resolve, self._slots.number))

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

    def _should_retry(
        self, response: Any, api_connection_error: Any, num_retries: int, max_network_retries: int | None
    ) -> bool:
        """Return False if the SDK's pause before a retry is as long as the time that is left, or longer."""
        left = seconds_left()
        if left is not None and left <= self.INITIAL_DELAY * 2**num_retries:
            return False
        return bool(super()._should_retry(response, api_connection_error, num_retries, max_network_retries))


class _BoundedSession(requests.Session):
    """A session that limits the time of each request, within the limit of the whole call.

    It reads the environment's proxies once for each server. `requests` itself reads them for each call, which takes a third of it,
    and would send the password of a `.netrc` file in place of the API key.
    """

    def __init__(self, seconds: float, resolve: Resolve, connections: int) -> None:
        super().__init__()
        self._seconds = seconds
        self.trust_env = False
        self._proxies = cache(get_environ_proxies)
        for prefix in ("https://", "http://"):
            self.mount(prefix, Adapter(resolve, connections))

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Make one try and read the complete response. Raises `requests.RequestException`."""
        if time_is_over():
            raise requests.Timeout("No time is left for another try.")
        proxies = self._proxies(urljoin(url, "/"))
        kwargs |= {"stream": True, "allow_redirects": False, "proxies": proxies}
        with within(self._seconds):
            response = super().request(method, url, *args, **kwargs)
            try:
                response._content = _read_body(response)
            finally:
                response.close()
        return response


def _read_body(response: requests.Response) -> bytes:
    """Read the body. Raises `AnswerTooLong`, and `requests.Timeout` at the deadline of the try."""
    content = bytearray()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > MAXIMUM_ANSWER:
            raise AnswerTooLong
        if time_is_over():
            raise requests.Timeout("The answer did not end in time.")
    return bytes(content)
