"""The links whose pages are made ahead: first those of the newest attempts, then the newest links."""

from typing import Any

from app.store import Store
from tests.store.build import an_attempt
from tests.support.build import a_link


def add(store: Store, number: int, **attributes: Any) -> None:
    store.add_link(a_link(id=f"plink_{number}", counterfoil={"code": f"code-{number}"}, **attributes))


def busy(store: Store, limit: int = 10) -> list[tuple[str, list[str]]]:
    return [(link.id, locales) for link, locales in store.busy_links(limit)]


def test_the_links_of_the_most_attempts_come_first_with_their_languages(store: Store) -> None:
    for number in range(4):
        add(store, number)
    for number, (link, locale) in enumerate([(0, "de"), (1, "auto"), (1, "fr"), (1, "fr"), (1, "de"), (0, "en")]):
        store.add_attempt(an_attempt(f"att_{number}", payment_link=f"plink_{link}", locale=locale), "test")
    assert busy(store) == [("plink_1", ["fr", "de"]), ("plink_0", ["en", "de"]), ("plink_3", []), ("plink_2", [])]
    assert busy(store, 3) == busy(store)[:3]
    assert busy(store, 1) == busy(store)[:1]


def test_links_that_are_switched_off_are_never_busy(store: Store) -> None:
    add(store, 1, active=False)
    add(store, 2, active=False)
    store.add_attempt(an_attempt(payment_link="plink_1"), "test")
    assert busy(store) == []
