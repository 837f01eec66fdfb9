"""Hosts that may not frame a link are told to its merchant, and the script beside a frame can be had from anywhere."""

import hashlib
from pathlib import Path

import pytest

from app.application import assemble
from app.config import read_config
from tests.support.build import a_link
from tests.web.conftest import Shop

LISTED = "https://shop.example"
FRAMED = {"Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def framed(shop: Shop) -> Shop:
    """A shop whose link one site may frame."""
    shop.add(a_link(counterfoil={"embed_origins": (LISTED,)}))
    return shop


def told(shop: Shop) -> list[tuple[str, int]]:
    link = shop.store.link_by_code("honey")
    assert link is not None
    return [(row["origin"], row["count"]) for row in shop.store.refused_origins(link.id)]


def ask(shop: Shop, referer: str, **headers: str) -> None:
    answer = shop.client.get("/pay/honey/embed", headers={**FRAMED, "Referer": referer, **headers})
    assert answer.status_code == 200


def test_an_unlisted_host_is_told_by_origin_alone(framed: Shop) -> None:
    ask(framed, "https://Blog.example:8443/post/7?author=ada#x")
    ask(framed, "https://blog.example:8443/")
    assert told(framed) == [("https://blog.example:8443", 2)]


def test_a_listed_host_is_not_told(framed: Shop) -> None:
    ask(framed, f"{LISTED}/cart")
    assert told(framed) == []


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "image"}, {"Sec-Fetch-Dest": ""}],
    ids=["opened by hand", "image", "not said"],
)
def test_only_requests_for_a_frame_count(framed: Shop, headers: dict[str, str]) -> None:
    framed.client.get("/pay/honey/embed", headers={"Referer": "https://blog.example/", **headers})
    assert told(framed) == []


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "about:blank",
        "javascript:alert(1)",
        "https://",
        "https://a b/",
        "https://x\x1b[2J/",
        f"https://{'a' * 400}/",
    ],
)
def test_what_is_no_origin_is_not_told(framed: Shop, referer: str) -> None:
    framed.client.get("/pay/honey/embed", headers={**FRAMED, "Referer": referer.replace("\x1b", "%1b")})
    assert told(framed) == []


def test_made_up_hosts_are_kept_within_bounds(framed: Shop) -> None:
    for number in range(30):
        ask(framed, f"https://host-{number}.example/")
    assert len(told(framed)) == 20
    assert ("https://host-29.example", 1) in told(framed)


def test_the_page_of_a_frame_names_who_may_hear_its_height(framed: Shop) -> None:
    page = framed.open("/pay/honey/embed")
    scripts = [script for script in page.root.all("script") if "frame.js" in (script.get("src") or "")]
    assert [script["data-origins"] for script in scripts] == [LISTED]
    assert "frame.js" not in framed.client.get("/pay/honey").text


def test_a_link_that_lists_nobody_speaks_to_nobody(shop: Shop) -> None:
    shop.add(a_link())
    assert "frame.js" not in shop.client.get("/pay/honey/embed").text


def test_the_script_is_cached_and_may_be_loaded_from_anywhere(shop: Shop) -> None:
    answer = shop.client.get("/embed.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = shop.client.get("/embed.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    own = hashlib.sha256(answer.data).hexdigest()[:12]
    assert "immutable" in shop.client.get(f"/embed.js?v={own}").headers["Cache-Control"]
    for other in ("1", own[:-1], f"{own}0", ""):
        assert "immutable" not in shop.client.get(f"/embed.js?v={other}").headers["Cache-Control"]
    assert len(answer.text.splitlines()) < 100


def test_the_sample_invoice_is_there_in_the_sandbox_alone(shop: Shop, tmp_path: Path) -> None:
    assert shop.client.get("/sandbox/invoice").status_code == 404  # its links are not seeded here
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/live.db",
        "PUBLIC_URL": "https://pay.example",
        "SECRET_KEY": "k" * 40,
        "STRIPE_SECRET_KEY": "sk_" + "live_" + "x" * 24,
    }
    live = assemble(read_config(environment, data=tmp_path))
    assert [rule.rule for rule in live.url_map.iter_rules() if rule.rule.startswith("/sandbox")] == []
