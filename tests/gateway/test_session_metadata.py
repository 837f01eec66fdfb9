"""The metadata of a session and its payment: the merchant's entries, ours, then the answers, within Stripe's limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.session_metadata import session_metadata
from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Consent
from tests.gateway.links import FULL_SELECTION, PAYMENT, sent
from tests.support.build import a_line, a_link, a_price


def test_metadata_has_the_entries_of_the_link_then_our_ids_then_the_answers() -> None:
    assert list(sent(PAYMENT, FULL_SELECTION)["metadata"].items()) == [
        ("campaign", "autumn"),
        ("counterfoil_payment_link", "plink_honey"),
        ("counterfoil_attempt", "att_1"),
        ("counterfoil_reference", "CF-7K2M-94QX"),
        ("counterfoil_link_reference", "Order 17/ä"),
        ("size", "l"),
        ("engraving", "Für Ada"),
        ("consent_terms_of_service", "accepted"),
        ("consent_promotions", "opt_in"),
    ]


def test_an_answer_replaces_no_entry_of_the_merchant_and_the_merchant_none_of_ours() -> None:
    link = a_link(metadata={"size": "the merchant's", "counterfoil_attempt": "att_forged"})
    answers = Answers(custom_fields={"size": "l", "counterfoil_payment_link": "plink_forged"})
    assert session_metadata(link, answers, "att_1", "CF-7K2M-94QX") == {
        "size": "the merchant's",
        "counterfoil_attempt": "att_1",
        "counterfoil_payment_link": "plink_honey",
        "counterfoil_reference": "CF-7K2M-94QX",
    }


@pytest.mark.parametrize(
    ("link", "data"),
    [
        pytest.param(
            a_link(payment_intent_data={"metadata": {"order": "7", "counterfoil_reference": "forged"}}),
            "payment_intent_data",
            id="a payment",
        ),
        pytest.param(
            a_link(
                a_line(a_price(recurring="month")),
                subscription_data={"metadata": {"order": "7", "counterfoil_reference": "forged"}},
            ),
            "subscription_data",
            id="a subscription",
        ),
    ],
)
def test_the_payment_at_stripe_carries_its_reference(link: PaymentLink, data: str) -> None:
    assert sent(link)[data]["metadata"] == {"order": "7", "counterfoil_reference": "CF-7K2M-94QX"}
    bare = link.model_copy(update={data: None})
    assert sent(bare)[data]["metadata"] == {"counterfoil_reference": "CF-7K2M-94QX"}


def test_fifty_entries_of_the_merchant_leave_no_room_for_others() -> None:
    metadata = {f"key_{number}": "x" for number in range(50)}
    assert session_metadata(a_link(metadata=metadata), FULL_SELECTION.answers, "att_1", "CF-7K2M-94QX") == metadata


def test_long_answers_are_cut_to_the_limit_of_metadata() -> None:
    entries = session_metadata(a_link(), Answers(custom_fields={"k" * 60: "v" * 600}), "att_1", "CF-7K2M-94QX")
    assert entries["k" * 40] == "v" * 500


TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=600)
KEYS = st.text(st.characters(exclude_characters="[]\x00", exclude_categories=["Cs"]), min_size=1, max_size=40)
ENTRIES = st.dictionaries(KEYS, TEXTS.map(lambda text: text[:500]), max_size=50)
FIELDS = st.dictionaries(st.text("abcXYZ019", min_size=1, max_size=200), TEXTS, max_size=60)


@given(metadata=ENTRIES, custom_fields=FIELDS, reference=st.none() | TEXTS.map(lambda text: text[:200]))
def test_no_metadata_breaks_stripes_limits(
    metadata: dict[str, str], custom_fields: dict[str, str], reference: str | None
) -> None:
    link = a_link(metadata=metadata, counterfoil={"reference": reference})
    answers = Answers(custom_fields=custom_fields, consent=Consent(terms_of_service="accepted"))
    sent_metadata = session_metadata(link, answers, "att_1", "CF-7K2M-94QX")
    assert len(sent_metadata) <= 50
    for key, value in sent_metadata.items():
        assert 1 <= len(key) <= 40
        assert not set("[]") & set(key)
        assert 1 <= len(value) <= 500
    kept = {key: value for key, value in metadata.items() if value}
    assert all(sent_metadata[key] == value for key, value in kept.items() if not key.startswith("counterfoil_"))
    if len(kept) <= 48:
        assert sent_metadata["counterfoil_attempt"] == "att_1"
