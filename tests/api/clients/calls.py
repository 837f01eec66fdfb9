"""What a program does with stripe-python, from 2.76 to today's. Reads its task as JSON from standard input, prints what each call saw.

It runs with the Python of the client's environment, so it imports nothing of ours.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

stripe: Any = importlib.import_module("stripe")
task: dict[str, Any] = json.load(sys.stdin)
stripe.api_base = task["address"]
stripe.api_key = task["key"]
stripe.max_network_retries = 0
stripe.enable_telemetry = False

EXPAND = ["line_items", "line_items.data.price.product"]
link: Any = None


def create() -> Any:
    global link
    link = stripe.PaymentLink.create(**task["payment"], expand=EXPAND, idempotency_key="once")
    return body(link) | {"sdk": link.line_items.data[0].price.product.name}


def repeat() -> Any:
    return stripe.PaymentLink.create(**task["payment"], expand=EXPAND, idempotency_key="once").id


def create_subscription() -> Any:
    return body(stripe.PaymentLink.create(**task["subscription"]))


def retrieve() -> Any:
    return body(stripe.PaymentLink.retrieve(link.id, expand=EXPAND))


def update() -> Any:
    changes: dict[str, Any] = {
        "active": False,
        "allow_promotion_codes": False,
        "metadata": {"order": "", "more": 1},
        "phone_number_collection": {"enabled": True},
        "line_items": [{"id": link.line_items.data[0].id, "quantity": 4}],
    }
    return body(stripe.PaymentLink.modify(link.id, **changes, expand=EXPAND))


def unset() -> Any:
    return body(stripe.PaymentLink.modify(link.id, **dict.fromkeys(task["unset"], ""), custom_text={"submit": ""}))


def list_line_items() -> Any:
    return [item.id for item in stripe.PaymentLink.list_line_items(link.id, limit=1).data]


def list_forwards() -> Any:
    return [found.id for found in stripe.PaymentLink.list(limit=3).auto_paging_iter()]


def list_backwards() -> Any:
    oldest = list_forwards()[-1]
    return [found.id for found in stripe.PaymentLink.list(limit=3, ending_before=oldest).auto_paging_iter()]


def list_inactive() -> Any:
    return [found.id for found in stripe.PaymentLink.list(active=False).data]


def events() -> Any:
    newest = stripe.Event.list(limit=1, type="payment_link.updated").data[0]
    return stripe.Event.retrieve(newest.id).data.object.id


def archive_price() -> Any:
    product = stripe.Product.create(name="Jar", shippable=True)
    price = stripe.Price.create(product=product.id, currency="eur", unit_amount=500)
    archived = stripe.Price.modify(price.id, active=False)
    return [archived.active, [found.id for found in stripe.Price.list(active=True, product=product.id).data]]


def promotion_code() -> Any:
    coupon = stripe.Coupon.create(percent_off=10, duration="once")
    sent = {"coupon": coupon.id} if task["old"] else {"promotion": {"type": "coupon", "coupon": coupon.id}}
    code = stripe.PromotionCode.create(**sent, restrictions={"first_time_transaction": False})
    return [code.active, code.restrictions.first_time_transaction]


def checkout_sessions() -> Any:
    (found,) = stripe.checkout.Session.list(payment_link=task["opened"]).data
    session = stripe.checkout.Session.retrieve(found.id, expand=["payment_link"])
    lines = stripe.checkout.Session.list_line_items(found.id).data
    expired = stripe.checkout.Session.expire(found.id)
    return [found.payment_link, session.payment_link.id, session.status, len(lines), expired.status]


def account() -> Any:
    own = stripe.Account.retrieve()
    return [own.object, own.id]


def unknown_parameter() -> Any:
    return refused(lambda: stripe.PaymentLink.create(line_items=items(), colour="red"))


def broken_parameter() -> Any:
    limit = {"completed_sessions": {"limit": 0}}
    return refused(lambda: stripe.PaymentLink.create(line_items=items(), restrictions=limit))


def missing_link() -> Any:
    return refused(lambda: stripe.PaymentLink.retrieve("plink_none"))


def other_parameters_for_a_key() -> Any:
    return refused(lambda: stripe.PaymentLink.create(line_items=items(), idempotency_key="once"))


def wrong_key() -> Any:
    return refused(lambda: stripe.PaymentLink.list(api_key="sk_test_wrong"))


def other_account() -> Any:
    return refused(lambda: stripe.PaymentLink.list(stripe_account="acct_other"))


def items() -> list[dict[str, Any]]:
    return [{"price": task["price"], "quantity": 1}]


def body(found: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(found.last_response.body)
    return answer


def refused(ask: Callable[[], Any]) -> Any:
    try:
        ask()
    except Exception as error:  # its class differs between versions
        told: Any = error
        kind = type(error).__name__.removesuffix("Error")
        answered = told.json_body["error"]  # some classes of errors have no attributes for code and param
        known = (answered.get("code"), answered.get("param"), bool(told.request_id), bool(answered.get("doc_url")))
        return [kind, told.http_status, *known]
    return None


CALLS: tuple[Callable[[], Any], ...] = (
    create, repeat, create_subscription, retrieve, update, unset, list_line_items, list_forwards, list_backwards, list_inactive,
    events, archive_price, promotion_code, checkout_sessions, account, unknown_parameter, broken_parameter, missing_link,
    other_parameters_for_a_key, wrong_key, other_account,
)  # fmt: skip


def report() -> Iterator[dict[str, Any]]:
    for call in CALLS:
        started = time.perf_counter()
        try:
            saw, failed = call(), None
        except Exception as error:
            saw, failed = None, f"{type(error).__name__}: {error}"
        milliseconds = 1000 * (time.perf_counter() - started)
        yield {"call": call.__name__, "failed": failed, "milliseconds": milliseconds, "saw": saw}


print(json.dumps(list(report())))
