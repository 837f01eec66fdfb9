"""A link fills the editor's form, and the form makes the same link again: for links with every attribute that the form has."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.objects.base import Object
from app.objects.payment_link import Counterfoil, PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.objects.payment_link.params import PaymentLinkCreateParams, PaymentLinkEditParams
from app.objects.payment_link.parts import (
    AfterCompletion,
    AutomaticTax,
    ConsentCollection,
    CustomText,
    InvoiceCreation,
    NameCollection,
    PaymentIntentData,
    PaymentMethodOptions,
    Restrictions,
    ShippingAddressCollection,
    SubscriptionData,
    TaxIdCollection,
    TransferData,
)
from app.objects.price import Price
from app.services.links import merge
from app.services.links.catalogue import Catalogue
from app.web.console.editor.changes import changed_params
from app.web.console.editor.filling import fill, id_of_object, recurs
from app.web.console.editor.reading import Read, read
from app.web.console.editor.texts import Manner
from app.web.console.editor.values import Values
from tests.support.build import a_line, a_link, a_price
from tests.support.examples import at_most
from tests.support.strategies import links

FEW = settings(max_examples=at_most(10), suppress_health_check=[HealthCheck.too_slow], deadline=None)

TEXTS = st.text('abcÄß漢 =*[]&<"1', min_size=1, max_size=20).map(lambda text: text.strip() or "a")
LINES = st.lists(TEXTS, min_size=1, max_size=3).map("\n".join)
NAMES = st.text("abcXYZ_0 9é", min_size=1, max_size=20).map(str.strip).filter(bool)
METADATA = st.dictionaries(NAMES, TEXTS, max_size=3)
MOMENTS = st.integers(0, 4_000_000_000 // 60).map(lambda minute: minute * 60)
ACCOUNT = {"type": "account", "account": "acct_1"}
ACCOUNTS = st.sampled_from([ACCOUNT, {"type": "self"}])
INVOICE_FIELDS = st.lists(st.fixed_dictionaries({"name": TEXTS, "value": TEXTS}), min_size=1, max_size=4)


class OfLink(Catalogue):
    """The objects that a link refers to, without a call to Stripe."""

    def __init__(self, link: PaymentLink) -> None:
        items = [*(link.line_items.data if link.line_items else ()), *(link.optional_items or ())]
        found: list[Any] = [item.price for item in items]  # type: ignore[attr-defined]
        found += [option.shipping_rate for option in link.shipping_options]
        found += [*link.counterfoil.tax_rates, link.counterfoil.coupon]
        self.objects = {id_of_object(it): it for it in found if isinstance(it, Object)}

    def _read(self, retrieve: Any, id: str, param: str, what: str) -> Any:
        return self.objects[id]

    def price(self, id: str, param: str) -> Price:
        return self.objects[id]  # type: ignore[return-value]

    coupon = tax_rate = shipping_rate = price  # type: ignore[assignment]


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


QUESTIONS = st.lists(
    st.one_of(
        st.builds(
            lambda label, optional, bounds: {"label": label, "optional": optional, "type": "text", "text": bounds},
            TEXTS,
            st.booleans(),
            _optional(_some(minimum_length=st.integers(1, 5), maximum_length=st.integers(6, 255), default_value=TEXTS)),
        ),
        st.builds(
            lambda label, bounds: {"label": label, "type": "numeric", "numeric": bounds},
            TEXTS,
            _optional(_some(minimum_length=st.integers(1, 5), default_value=st.just("123"))),
        ),
        st.builds(
            lambda label, options, first: {
                "label": label,
                "type": "dropdown",
                "dropdown": {
                    "options": [{"label": text, "value": f"v{n}"} for n, text in enumerate(options)],
                    "default_value": "v0" if first else None,
                },
            },
            TEXTS,
            st.lists(TEXTS | st.just("a = b"), min_size=1, max_size=4),
            st.booleans(),
        ),
    ),
    max_size=3,
)


def _translations(questions: Sequence[CustomField]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw the texts of one language. Each has a title, because a language without texts is no translation."""
    labels = _some(**{question.key: st.builds(lambda text: {"label": text}, TEXTS) for question in questions})
    more = _some(description=LINES, after_completion=LINES, custom_text=_some(submit=LINES), custom_fields=labels)
    return st.builds(lambda title, texts: {"title": title, **texts}, TEXTS, more)


@st.composite
def rich_links(draw: st.DrawFn) -> PaymentLink:
    """Draw a link with any attributes that the form can set."""
    link = draw(links())
    subscription = recurs(link)
    if not subscription:
        link = link.model_copy(update={"subscription_data": None})
    custom = tuple(
        CustomField.model_validate(
            question | {"key": f"q{n}", "label": {"custom": question["label"], "type": "custom"}}
        )
        for n, question in enumerate(draw(QUESTIONS))
    )
    redirect = {"type": "redirect", "redirect": {"url": "https://shop.example/thanks"}}
    hosted = st.builds(
        lambda text: {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": text}}, LINES
    )
    texts = _some(**{name: LINES.map(lambda text: {"message": text}) for name in CustomText.model_fields})
    ours = _some(
        title=TEXTS, description=LINES, image=st.just("https://shop.example/a.png"), slug=st.just("spring-box"),
        opens_at=MOMENTS, closes_at=MOMENTS, embed_origins=st.just(("https://a.example", "https://b.example")),
        locale=st.sampled_from(["de", "en-GB"]), reference=TEXTS, name=TEXTS, return_url=st.just("https://a.example/"),
        translations=st.dictionaries(st.sampled_from(["de", "pt-BR", "ar"]), _translations(custom), max_size=2),
    )  # fmt: skip
    changes: dict[str, Any] = {
        "after_completion": AfterCompletion.model_validate(draw(st.just(redirect) | hosted)),
        "billing_address_collection": draw(st.sampled_from(["auto", "required"])),
        "consent_collection": draw(
            _optional(
                _some(
                    terms_of_service=st.just("required"),
                    promotions=st.just("auto"),
                    payment_method_reuse_agreement=st.sampled_from([{"position": "auto"}, {"position": "hidden"}]),
                ).map(ConsentCollection.model_validate)
            )
        ),
        "custom_fields": custom,
        "custom_text": CustomText.model_validate(draw(texts)),
        "inactive_message": draw(_optional(LINES)),
        "metadata": draw(METADATA),
        "name_collection": draw(
            _optional(
                _some(
                    business=st.builds(lambda it: {"enabled": True, "optional": it}, st.booleans()),
                    individual=st.builds(lambda it: {"enabled": True, "optional": it}, st.booleans()),
                ).map(NameCollection.model_validate)
            )
        ),
        "on_behalf_of": draw(_optional(st.just("acct_2"))),
        "payment_method_options": draw(
            _optional(
                st.just(PaymentMethodOptions.model_validate({"card": {"restrictions": {"brands_blocked": ["visa"]}}}))
            )
        ),
        "payment_method_types": draw(_optional(st.just(("card", "paypal")))),
        "restrictions": draw(
            _optional(
                st.integers(1, 500).map(lambda n: Restrictions.model_validate({"completed_sessions": {"limit": n}}))
            )
        ),
        "shipping_address_collection": draw(
            _optional(st.just(ShippingAddressCollection(allowed_countries=("DE", "AT"))))
        ),
        "submit_type": draw(st.sampled_from(["auto", "book", "pay", "donate"])),
        "tax_id_collection": draw(
            st.sampled_from([TaxIdCollection(enabled=False), TaxIdCollection(enabled=True, required="if_supported")])
        ),
        "counterfoil": Counterfoil.model_validate(link.counterfoil.model_dump() | draw(ours)),
    }
    if not link.counterfoil.tax_rates:
        liability = draw(_optional(st.just(ACCOUNT)))
        tax = {"enabled": True} | ({"liability": liability} if liability else {})
        changes["automatic_tax"] = AutomaticTax.model_validate(draw(st.sampled_from([{"enabled": False}, tax])))
    changes |= draw(_of_subscription(link) if subscription else _of_one_payment())
    return link.model_copy(update=changes)


def _of_subscription(link: PaymentLink) -> st.SearchStrategy[dict[str, Any]]:
    settings = _some(
        description=LINES,
        footer=TEXTS,
        account_tax_ids=st.just(("atxi_1",)),
        custom_fields=INVOICE_FIELDS,
        issuer=ACCOUNTS,
    )
    data = _some(
        description=TEXTS,
        invoice_settings=settings,
        metadata=METADATA,
        trial_period_days=st.integers(1, 700),
        trial_settings=st.just({"end_behavior": {"missing_payment_method": "pause"}}),
    )
    return st.fixed_dictionaries(
        {
            "subscription_data": data.map(SubscriptionData.model_validate),
            "payment_method_collection": st.sampled_from(["always", "if_required"]),
            "application_fee_percent": _optional(st.decimals(0, 100, places=2)),
            "transfer_data": _optional(st.just(TransferData(destination="acct_3"))),
        }
    )


def _of_one_payment() -> st.SearchStrategy[dict[str, Any]]:
    data = _some(
        description=LINES,
        footer=TEXTS,
        account_tax_ids=st.just(("atxi_1", "atxi_2")),
        custom_fields=INVOICE_FIELDS,
        issuer=st.just(ACCOUNT),
        metadata=METADATA,
        rendering_options=_some(amount_tax_display=st.just("exclude_tax"), template=st.just("inrtem_1")),
    )
    intent = _some(
        capture_method=st.sampled_from(["automatic", "manual"]),
        description=TEXTS,
        metadata=METADATA,
        setup_future_usage=st.sampled_from(["on_session", "off_session"]),
        statement_descriptor=st.just("TALLOW"),
        statement_descriptor_suffix=st.just("HONEY"),
        transfer_group=TEXTS,
    )
    invoice = data.map(lambda it: InvoiceCreation.model_validate({"enabled": True, "invoice_data": it}))
    return st.fixed_dictionaries(
        {
            "customer_creation": st.sampled_from(["always", "if_required"]),
            "invoice_creation": st.just(InvoiceCreation(enabled=False)) | invoice,
            "payment_intent_data": _optional(intent.map(PaymentIntentData.model_validate)),
            "application_fee_amount": _optional(st.integers(0, 500).map(lambda n: n * 100)),
            "transfer_data": _optional(st.just(TransferData(destination="acct_3", amount=1000))),
        }
    )


def manner(link: PaymentLink, locale: str = "en", zone: str = "Europe/Vienna") -> Manner:
    return Manner(link.currency, locale, ZoneInfo(zone))


def known(link: PaymentLink) -> dict[str, Price]:
    return {id: it for id, it in OfLink(link).objects.items() if isinstance(it, Price)}


def sent_by_browser(values: Values) -> Values:
    """Return the fields as a browser sends them: with CR LF at the ends of lines."""
    sent = Values()
    for name, texts in values.fields.lists():
        sent.set_all(name, [text.replace("\n", "\r\n") for text in texts])
    return sent


def again(link: PaymentLink, found: Read) -> PaymentLink:
    """Return the link that the read form makes."""
    params = PaymentLinkCreateParams.model_validate(found.params)
    return merge.draft_link(params, OfLink(link), id="plink_2", code="two", organization="org", livemode=False)


def content(value: Any) -> Any:
    """Return the content of a link, without ids, counts, empty values and values that are off."""
    if isinstance(value, dict):
        kept = {name: content(entry) for name, entry in value.items()}
        empty: tuple[Any, ...] = (None, {}, [], "", {"enabled": False}, {"type": "self"}, {"required": "never"})
        return {name: entry for name, entry in kept.items() if entry not in empty}
    return [content(entry) for entry in value] if isinstance(value, list) else value


OTHER = {"id", "url", "count", "code", "organization", "version", "qr_url", "embed_url", "livemode", "slug"}


def said(link: PaymentLink) -> Any:
    data = content(_without(link.model_dump(mode="json"), OTHER))
    for item in [*data["line_items"]["data"], *data.get("optional_items", [])]:
        item["price"] = item["price"] if isinstance(item["price"], str) else item["price"].get("product")
        if "enabled" not in item.get("adjustable_quantity", {}) or not item["adjustable_quantity"]["enabled"]:
            item.pop("adjustable_quantity", None)
    unasked = ("none", {"position": "auto"})
    asked = {name: value for name, value in data.pop("consent_collection", {}).items() if value not in unasked}
    if asked:
        data["consent_collection"] = asked
    if not data["tax_id_collection"]["enabled"]:
        data["tax_id_collection"].pop("required", None)  # has no effect if no tax id is asked for
    return data


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(entry, names) for name, entry in value.items() if name not in names}
    return [_without(entry, names) for entry in value] if isinstance(value, list) else value


@FEW
@given(rich_links(), st.sampled_from(["en", "de", "fr-CH"]))
def test_a_duplicate_says_everything_that_its_original_says(link: PaymentLink, locale: str) -> None:
    own = manner(link, locale)
    found = read(sent_by_browser(fill(link, own, editing=False)), own, known(link))
    assert found.problems == {}
    assert found.prices == {}
    assert said(again(link, found)) == said(link)


@FEW
@given(rich_links())
def test_a_form_that_is_saved_as_it_came_changes_nothing(link: PaymentLink) -> None:
    own = manner(link)
    before = fill(link, own, editing=True)
    first = read(before, own, known(link), editing=True)
    second = read(sent_by_browser(before), own, known(link), editing=True)
    assert first.problems == {}
    assert changed_params(first.params, second.params) == {}


@FEW
@given(rich_links(), rich_links())
def test_a_change_turns_one_link_into_the_other(before: PaymentLink, after: PaymentLink) -> None:
    """All attributes that an update may change. Items and attributes that are set only at creation stay."""
    fixed = {name: getattr(before, name) for name in ("line_items", "currency", "optional_items", "shipping_options")}
    ours = {"tax_rates": before.counterfoil.tax_rates, "coupon": before.counterfoil.coupon}
    kept = ("automatic_tax", "allow_promotion_codes", "payment_intent_data", "subscription_data")
    if recurs(before) != recurs(after):
        return
    after = after.model_copy(
        update=fixed
        | {name: getattr(before, name) for name in kept}
        | {"counterfoil": after.counterfoil.model_copy(update=ours)}
    )
    own = manner(before)
    forms = [read(fill(link, own, editing=True), own, known(before), editing=True).params for link in (before, after)]
    changes = changed_params(*forms)
    sent = PaymentLinkEditParams.model_validate(changes)
    attributes = merge.resolve_references(sent, OfLink(before), before.currency)
    assert said(merge.changed(before, attributes)) == said(after)


@pytest.mark.parametrize("text", ["\n first", "two\r\nlines", " spaces "])
def test_a_text_that_a_browser_would_send_differently_is_no_change(text: str) -> None:
    link = a_link(a_line(a_price(900)), inactive_message=text)
    own = manner(link)
    form = fill(link, own, editing=True)
    sent = sent_by_browser(form)
    first, second = (read(values, own, known(link), editing=True).params for values in (form, sent))
    assert changed_params(first, second) == {}
