"""The exception tree. Each failure of the domain has a name here; only the edge gives it an HTTP status.

    CounterfoilError
    ├── ConfigurationError              a setting is missing or wrong; names the setting
    ├── InvalidRequest                  a parameter breaks a rule; names the parameter and the rule
    │   ├── ResourceMissing             unknown, or another organization's object
    │   │   └── UnknownCursor           the object that a page of a list starts after or ends before
    │   ├── UnknownRoute                no such route under /v1
    │   └── IdempotencyMismatch         an idempotency key was reused with another body
    ├── IdempotencyInFlight             the first request with this key is still running
    ├── AccessError                     no valid credential
    ├── RoleTooLow                      the user's role may not do this
    ├── LinkUnavailable                 the link cannot be paid now
    │   ├── LinkInactive                switched off by the merchant
    │   ├── LinkNotOpen                 before counterfoil[opens_at]
    │   ├── LinkClosed                  after counterfoil[closes_at]
    │   ├── LinkUsedUp                  restrictions.completed_sessions.limit is reached
    │   ├── LinkPaid                    a link that can be paid once has been paid
    │   ├── ItemArchived                a price, product, coupon or rate of the link is archived or deleted at Stripe
    │   └── PlacesHeld                  buyers who are paying hold every place
    ├── LinkChanged                     another editor saved the link first
    ├── AnswersRefused                  the buyer's answers break the link's rules
    ├── FormRefused                     a POST that did not come from our form
    ├── GatewayError
    │   ├── GatewayRefused              Stripe refused the request
    │   │   ├── CodeNotChecked          Stripe refused to look up a promotion code
    │   │   └── AnswerNotTaken          Stripe refused an answer that the buyer can change
    │   │       └── CodeNotTaken        Stripe refused a promotion code that applied before
    │   └── GatewayUnavailable          Stripe could not be reached or did not answer in time
    │       └── TooManyCalls            Stripe takes no more requests for a moment
    ├── SignatureRefused                an event whose signature is wrong or too old
    └── StoreError
        └── StoreBusy                   the database is locked, or a transaction lost a race; a retry may help

Two tables have the HTTP statuses: `app/web/errors.py` for pages and the Bigcapital-style endpoint, `app/wire/v1_errors.py` for `/v1`.
"""

from collections.abc import Mapping


class CounterfoilError(Exception):
    """The base class of all errors that Counterfoil raises."""

    message = "Something went wrong."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class ConfigurationError(CounterfoilError):
    """A setting is missing or wrong. `setting` is its name."""

    def __init__(self, message: str, *, setting: str) -> None:
        self.setting = setting
        super().__init__(message)


class InvalidRequest(CounterfoilError):
    """A parameter breaks a rule. `param` is its name in brackets (`line_items[0][quantity]`), `code` is Stripe's.

    `cause` tells apart the rules that have one code and parameter. It is no part of an answer.
    """

    def __init__(
        self, message: str, *, param: str | None = None, code: str | None = None, cause: str | None = None
    ) -> None:
        self.param = param
        self.code = code
        self.cause = cause
        super().__init__(message)


class ResourceMissing(InvalidRequest):
    """There is no such object, or it belongs to another organization. The error does not say which."""

    def __init__(self, message: str, *, param: str | None = "id") -> None:
        super().__init__(message, param=param, code="resource_missing")


class UnknownCursor(ResourceMissing):
    """The object that a page of a list starts after or ends before is missing. `/v1` answers 400, as Stripe does."""


class UnknownRoute(InvalidRequest):
    """There is no such route under `/v1`, or it does not have this method."""


class IdempotencyMismatch(InvalidRequest):
    """An idempotency key was used again for another request."""


class IdempotencyInFlight(CounterfoilError):
    """The first request with this idempotency key is still being answered."""

    message = "Another request with this Idempotency-Key is still being answered. Try again in a moment."


class AccessError(CounterfoilError):
    """The credential is missing, unknown, expired or revoked. The error does not say which."""

    message = "Unauthorized"


class ScopeTooLow(CounterfoilError):
    """The key may only read, and the request changes something."""

    message = (
        "The provided key does not have the required permissions for this endpoint: it may only read. "
        "Use a key that may write."
    )


class RoleTooLow(CounterfoilError):
    """The user's role in the organization may not do this. `needed` is the lowest role that may do it."""

    message = "Your role may not do this."

    def __init__(self, needed: str) -> None:
        self.needed = needed
        super().__init__()


class AccountMismatch(CounterfoilError):
    """The credential is valid, and the request names an account or an organization that it does not belong to."""

    code = "account_invalid"

    def __init__(self, account: str) -> None:
        super().__init__(f"This key has no access to the account '{account[:100]}', or the account does not exist.")


class LinkUnavailable(CounterfoilError):
    """The link cannot be paid now. Pages and programs read `reason`."""

    reason = "unavailable"
    message = "This payment link cannot be paid now."


class LinkInactive(LinkUnavailable):
    """The merchant switched the link off. `message` is the link's `inactive_message` where it has one."""

    reason = "inactive"
    message = "This payment link is no longer active."


class LinkNotOpen(LinkUnavailable):
    """The link opens later. `opens_at` is in Unix seconds."""

    reason = "not_open"
    message = "This payment link is not open yet."

    def __init__(self, opens_at: int) -> None:
        self.opens_at = opens_at
        super().__init__()


class LinkClosed(LinkUnavailable):
    """The link is closed. `closes_at` is in Unix seconds. `message` is the link's `inactive_message`, if it has one."""

    reason = "closed"
    message = "This payment link is closed."

    def __init__(self, closes_at: int, message: str | None = None) -> None:
        self.closes_at = closes_at
        super().__init__(message)


class LinkUsedUp(LinkUnavailable):
    """The completed sessions have reached `restrictions.completed_sessions.limit`.

    `message` is the link's `inactive_message`, if it has one.
    """

    reason = "used_up"
    message = "This payment link has reached its limit."

    def __init__(self, limit: int, message: str | None = None) -> None:
        self.limit = limit
        super().__init__(message)


class LinkPaid(LinkUsedUp):
    """A link that can be paid once has been paid."""

    reason = "paid"
    message = "This payment link has been paid."


class ItemArchived(LinkUnavailable):
    """A price, a product, a rate or the coupon of the link is archived, deleted or used up at Stripe.

    Stripe refuses every session of the link. `code` is Stripe's.
    """

    reason = "item_archived"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        self.code = code
        super().__init__(message)


class PlacesHeld(LinkUnavailable):
    """Buyers who are paying hold every place that is left. The next place is free at `until` at the latest."""

    reason = "places_held"
    message = "Buyers who are paying hold every place that is left."

    def __init__(self, until: int | None) -> None:
        self.until = until
        super().__init__()


class LinkChanged(CounterfoilError):
    """Another request changed the link after the form was loaded."""

    message = "Another editor changed this link. Compare, then save again."


class AnswersRefused(CounterfoilError):
    """The buyer's answers break the link's rules. `fields` maps the name of a form field to its message."""

    message = "Some answers are not valid."

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__()


class FormRefused(CounterfoilError):
    """A POST that did not come from our form: it came from another site, or its token is missing, expired or forged."""

    message = "This form was not sent from our own page, or it was open for too long."


class FormUsedUp(CounterfoilError):
    """The form has opened as many sessions as a form may. The buyer can go on with a fresh form of the same link."""

    message = "This form was sent too often. Send it again from a fresh page."


class TooManyUnpaid(CounterfoilError):
    """One network has opened as many sessions and left them unpaid as it may; `until` is when it may open the next one."""

    message = "Too many payments were begun from this network and not completed. Try again later."

    def __init__(self, until: int) -> None:
        self.until = until
        super().__init__()


class TooManyHeld(CounterfoilError):
    """One network holds as many places of a link as it may; `until` is when one of them comes free."""

    message = "Too many places are held from this network. Pay or cancel one of them, or try again later."

    def __init__(self, until: int) -> None:
        self.until = until
        super().__init__()


class GatewayError(CounterfoilError):
    """A request to Stripe failed."""

    message = "The request to Stripe failed."


class GatewayRefused(GatewayError):
    """Stripe refused the request. `code`, `param`, `status` and `request_id` are Stripe's.

    `reference` is that of the payment whose session was refused.
    """

    reference: str | None = None

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

    @property
    def lacks_right(self) -> bool:
        """Whether Stripe refused because of the rights of the API key."""
        return self.status == 403

    @property
    def is_missing(self) -> bool:
        """Whether Stripe does not have the object."""
        return self.code == "resource_missing" or self.status == 404


class CodeNotChecked(GatewayRefused):
    """Stripe refused to look up a promotion code, so only the merchant can help. The buyer can go on without a code."""

    def __init__(self, refused: GatewayRefused) -> None:
        super().__init__(
            refused.message,
            code=refused.code,
            param=refused.param,
            status=refused.status,
            request_id=refused.request_id,
        )


class AnswerNotTaken(GatewayRefused):
    """Stripe refused an answer that the buyer can change. `field` is the name of its form field."""

    def __init__(self, message: str, *, field: str, code: str | None = None, param: str | None = None) -> None:
        self.field = field
        super().__init__(message, code=code, param=param)


class CodeNotTaken(AnswerNotTaken):
    """A promotion code applied before and cannot be redeemed any more. The buyer can go on without it.

    `name` is the code as its merchant wrote it, `reason` is `expired`, `used_up`, `first_order` or `inactive`, and `amount_total` is the
    total with the code, in minor units.
    """

    def __init__(self, message: str, *, name: str, reason: str, amount_total: int) -> None:
        self.name = name
        self.reason = reason
        self.amount_total = amount_total
        super().__init__(message, field="promotion_code")


class GatewayUnavailable(GatewayError):
    """Stripe could not be reached or did not answer in time. It may have acted, so a retry must use the same idempotency key."""

    message = "Stripe could not be reached."


class TooManyCalls(GatewayUnavailable):
    """Stripe takes no more requests for a moment."""


class LookUpsUsedUp(GatewayUnavailable):
    """Promotion codes of a link were looked up so often, or by one address, that Stripe is not asked for a moment."""

    message = "Too many promotion codes were looked up. Try again in a minute."


class SignatureRefused(CounterfoilError):
    """The event is not signed with the endpoint's secret, or its timestamp is too old."""

    message = "The signature does not match."


class StoreError(CounterfoilError):
    """The database could not do an operation."""

    message = "The database could not do the operation."


class ReferenceTaken(StoreError):
    """Another attempt of the organization has the same reference. Nothing was changed."""

    message = "The reference is taken."


class StoreBusy(StoreError):
    """The database was locked, or a transaction lost a race. Nothing was changed."""

    message = "The database is busy."
