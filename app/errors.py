"""The exception tree: every failure that the domain knows has one name here, and a number only at the edge.

    CounterfoilError
    ├── ConfigurationError              a setting is missing or wrong; names the setting
    ├── InvalidRequest                  a parameter breaks a rule; names the parameter and the rule
    │   ├── ResourceMissing             there is no such object, or it belongs to somebody else
    │   ├── UnknownRoute                nothing has this address under /v1
    │   └── IdempotencyMismatch         an idempotency key came back with another body
    ├── IdempotencyInFlight             the first request with this key has not finished
    ├── AccessError                     nobody may act here without saying who they are
    ├── LinkUnavailable                 the link cannot be paid now
    │   ├── LinkInactive                switched off by the merchant
    │   ├── LinkNotOpen                 before counterfoil[opens_at]
    │   ├── LinkClosed                  after counterfoil[closes_at]
    │   ├── LinkUsedUp                  restrictions.completed_sessions.limit is reached
    │   ├── LinkPaid                    the same, of a link that can be paid once
    │   └── PlacesHeld                  every place is held by someone who is paying
    ├── AnswersRefused                  what the buyer sent breaks the link's rules, by field
    ├── FormRefused                     a post that no form of ours sent
    ├── GatewayError
    │   ├── GatewayRefused              Stripe understood and said no
    │   └── GatewayUnavailable          Stripe could not be reached, or did not answer in time
    ├── SignatureRefused                an event that was not signed by Stripe, or too old
    └── StoreError
        └── StoreBusy                   the database is locked or lost a race; trying again may help

HTTP statuses stand in two tables: `app/web/errors.py` for pages and the Bigcapital-style endpoint, `app/wire/v1_errors.py` for `/v1`.
"""

from collections.abc import Mapping


class CounterfoilError(Exception):
    """Anything that Counterfoil raises on purpose."""

    message = "Something went wrong."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class ConfigurationError(CounterfoilError):
    """A setting is missing or cannot be used; `setting` is its name."""

    def __init__(self, message: str, *, setting: str) -> None:
        self.setting = setting
        super().__init__(message)


class InvalidRequest(CounterfoilError):
    """A parameter breaks a rule: `param` in bracket form (`line_items[0][quantity]`), `code` one of Stripe's."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        self.param = param
        self.code = code
        super().__init__(message)


class ResourceMissing(InvalidRequest):
    """There is no such object, or it belongs to another organization: the two are never told apart."""

    def __init__(self, message: str, *, param: str | None = "id") -> None:
        super().__init__(message, param=param, code="resource_missing")


class UnknownRoute(InvalidRequest):
    """Nothing has this address under `/v1`, or not with this method."""


class IdempotencyMismatch(InvalidRequest):
    """An idempotency key was used again with another body."""


class IdempotencyInFlight(CounterfoilError):
    """The first request with this idempotency key is still being answered."""

    message = "Another request with this Idempotency-Key is still being answered. Try again in a moment."


class AccessError(CounterfoilError):
    """No credential, or one that is unknown, expired or revoked: the three are never told apart."""

    message = "Unauthorized"


class LinkUnavailable(CounterfoilError):
    """The link cannot be paid now; `reason` is the word that pages and programs branch on."""

    reason = "unavailable"
    message = "This payment link cannot be paid now."


class LinkInactive(LinkUnavailable):
    """The merchant switched the link off."""

    reason = "inactive"
    message = "This payment link is no longer active."


class LinkNotOpen(LinkUnavailable):
    """The link opens later; `opens_at` in Unix seconds."""

    reason = "not_open"
    message = "This payment link is not open yet."

    def __init__(self, opens_at: int) -> None:
        self.opens_at = opens_at
        super().__init__()


class LinkClosed(LinkUnavailable):
    """The link's time is over; `closes_at` in Unix seconds."""

    reason = "closed"
    message = "This payment link is closed."

    def __init__(self, closes_at: int) -> None:
        self.closes_at = closes_at
        super().__init__()


class LinkUsedUp(LinkUnavailable):
    """As many sessions have been completed as `restrictions.completed_sessions.limit` allows."""

    reason = "used_up"
    message = "This payment link has been used as often as it can be."

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__()


class LinkPaid(LinkUsedUp):
    """A link that can be paid once has been paid."""

    reason = "paid"
    message = "This payment link has been paid."


class PlacesHeld(LinkUnavailable):
    """Every place that is left is held by someone who is paying; `until` is when the next one comes free at the latest."""

    reason = "places_held"
    message = "Every place that is left is held by someone who is paying."

    def __init__(self, until: int | None) -> None:
        self.until = until
        super().__init__()


class AnswersRefused(CounterfoilError):
    """What the buyer sent breaks the link's rules: `fields` maps a form field's name to what to do about it."""

    message = "Some answers need another look."

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__()


class FormRefused(CounterfoilError):
    """A post that no form of ours sent: it came from another site, or its token is missing, expired or forged."""

    message = "This form was not sent from our own page, or it was open for too long."


class FormUsedUp(CounterfoilError):
    """One form has opened as many sessions as a form may; a fresh form of the same link may go on."""

    message = "This form was sent too often. Send it again from a fresh page."


class GatewayError(CounterfoilError):
    """Stripe did not do what was asked."""

    message = "Stripe did not do what was asked."


class GatewayRefused(GatewayError):
    """Stripe understood and said no; `code`, `param`, `status` and `request_id` are Stripe's own."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        self.code = code
        self.param = param
        self.status = status
        self.request_id = request_id
        super().__init__(message)


class GatewayUnavailable(GatewayError):
    """Stripe could not be reached or did not answer in time: whether it acted is not known, so the same key must be used again."""

    message = "Stripe could not be reached."


class SignatureRefused(CounterfoilError):
    """The event was not signed with the endpoint's secret, or its time stamp is too far off."""

    message = "The signature does not fit."


class StoreError(CounterfoilError):
    """The database could not do what was asked."""

    message = "The database could not do what was asked."


class StoreBusy(StoreError):
    """The database was locked, or a transaction lost a race; nothing was changed."""

    message = "The database is busy."
