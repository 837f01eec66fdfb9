"""Pictures by their hash, and one card for each link."""

from app.objects.picture import Picture
from app.store import Store

ALL_BYTES = bytes(range(256))


def a_picture(content: bytes = ALL_BYTES, hash: str = "a" * 64) -> Picture:
    return Picture(hash=hash, extension="png", width=3, height=2, content=content)


def test_a_picture_is_read_back_byte_for_byte(store: Store) -> None:
    store.add_picture(a_picture())
    assert store.picture("a" * 64) == a_picture()
    assert store.picture_size("a" * 64) == (3, 2)
    assert store.picture("b" * 64) is None
    assert store.picture_size("b" * 64) is None
    assert store.picture("\x00") is None


def test_the_same_picture_again_changes_nothing(store: Store) -> None:
    for _ in range(2):
        store.add_picture(a_picture())
    assert store.picture("a" * 64) == a_picture()


def test_a_link_has_one_card_which_a_newer_one_replaces(linked: Store) -> None:
    linked.save_card("plink_honey", "first", ALL_BYTES)
    assert linked.card("plink_honey", "first") == ALL_BYTES
    assert linked.card("plink_honey", "second") is None
    linked.save_card("plink_honey", "second", b"new")
    assert linked.card("plink_honey", "second") == b"new"
    assert linked.card("plink_honey", "first") is None
    assert linked.card("plink_other", "second") is None


def test_a_link_is_to_be_drawn_until_its_present_version_was(linked: Store) -> None:
    def ids() -> list[str]:
        return [link.id for link in linked.links_to_draw(10)]

    assert ids() == ["plink_honey"]
    linked.set_card_version("plink_honey", 1)
    assert ids() == []
    link = linked.link("plink_honey")
    assert link is not None
    newer = link.model_copy(update={"counterfoil": link.counterfoil.model_copy(update={"version": 2})})
    assert linked.save_link(newer)
    assert ids() == ["plink_honey"]
    linked.set_card_version("plink_honey", 1)
    assert ids() == ["plink_honey"]
    inactive = newer.counterfoil.model_copy(update={"version": 3})
    assert linked.save_link(newer.model_copy(update={"active": False, "counterfoil": inactive}))
    assert ids() == []
