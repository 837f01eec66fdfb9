"""Every language has a glossary, and its texts use the glossary's words."""

from pathlib import Path
from typing import Final

import pytest

from tests.support.catalogue_checks import glossary
from tests.support.languages import read_catalogue
from tools.messages import BUYER, CATALOGUES

FOLDERS: Final = sorted(
    path.parents[1] for path in CATALOGUES.glob(f"*/LC_MESSAGES/{BUYER}.po") if "en" not in path.parts
)

TERMS: Final = frozenset(
    "bank debit|bank transfer|book|booking|browser|buyer|cancel (a subscription)|cancel (an order)|card|charged|consent|delivery|"
    "discount|donate|donation|due|e-mail address|expired|free trial|invoice|link|merchant|order|pay|payment|payment page|place|"
    "postal code|privacy|promotion code|quantity|receipt|reference|refund|refunded|sandbox|security code|seller|shipping|sold out|"
    "subscribe|subscription|subtotal|tax|tax ID|terms of service|test mode|total".split("|")
)

LABELS: Final = {
    "E-mail address": "e-mail address",
    "Invoice": "invoice",
    "Postal code": "postal code",
    "Promotion code": "promotion code",
    "Quantity": "quantity",
    "Reference": "reference",
    "Security code": "security code",
    "Subtotal": "subtotal",
    "Tax ID": "tax ID",
}
"""Labels that are a term of the glossary and nothing else."""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_glossary_names_the_form_of_address_and_every_term(folder: Path) -> None:
    known = glossary(folder)
    assert known["form_of_address"]
    assert known["notes"]
    assert set(known["terms"]) == TERMS
    assert all(isinstance(word, str) and word.strip() for word in known["terms"].values())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_labels_are_the_words_of_the_glossary(folder: Path) -> None:
    terms, catalogue = glossary(folder)["terms"], read_catalogue(folder / "LC_MESSAGES" / f"{BUYER}.po")
    found = {label: str(message.string) for label in LABELS if (message := catalogue.get(label))}
    assert set(found) == set(LABELS)
    # Arabic adds the article to each word.
    others = {
        label: (text, terms[LABELS[label]])
        for label, text in found.items()
        if not all(word in text.casefold() for word in terms[LABELS[label]].casefold().split())
    }
    assert not others
