"""Sites that may not frame a link are listed for its merchant, and every site can load the embed script."""

import hashlib
from pathlib import Path

import pytest

from app.application import assemble
from app.config import read_config
from tests.support.build import a_link
from tests.web.conftest import WebShop

LISTED = "https://shop.example"
FRAMED = {"Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def framed(shop: WebShop) -> WebShop:
    """Return a server with a link that one site may frame."""
    shop.add(a_link(counterfoil={"embed_origins": (LISTED,)}))
    return shop


def refused_origins(shop: WebShop) -> list[tuple[str, int]]:
    link = shop.store.link_by_code("honey")
    assert link is not None
    return [(row["origin"], row["count"]) for row in shop.store.refused_origins(link.id)]


def ask(shop: WebShop, referer: str, **headers: str) -> None:
    answer = shop.client.get("/pay/honey/embed", headers={**FRAMED, "Referer": referer, **headers})
    assert answer.status_code == 200


def test_an_unlisted_origin_is_stored_without_its_path(framed: WebShop) -> None:
    ask(framed, "https://Blog.example:8443/post/7?author=ada#x")
    ask(framed, "https://blog.example:8443/")
    assert refused_origins(framed) == [("https://blog.example:8443", 2)]


def test_a_listed_origin_is_not_stored_as_refused(framed: WebShop) -> None:
    ask(framed, f"{LISTED}/cart")
    assert refused_origins(framed) == []


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "image"}, {"Sec-Fetch-Dest": ""}],
    ids=["opened by hand", "image", "not said"],
)
def test_only_requests_of_a_frame_store_a_refused_origin(framed: WebShop, headers: dict[str, str]) -> None:
    framed.client.get("/pay/honey/embed", headers={"Referer": "https://blog.example/", **headers})
    assert refused_origins(framed) == []


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
def test_an_invalid_origin_is_not_stored(framed: WebShop, referer: str) -> None:
    framed.client.get("/pay/honey/embed", headers={**FRAMED, "Referer": referer.replace("\x1b", "%1b")})
    assert refused_origins(framed) == []


def test_the_number_of_stored_refused_origins_is_limited(framed: WebShop) -> None:
    for number in range(30):
        ask(framed, f"https://host-{number}.example/")
    assert len(refused_origins(framed)) == 20
    assert ("https://host-29.example", 1) in refused_origins(framed)


def test_the_page_in_a_frame_lists_the_origins_that_receive_its_height(framed: WebShop) -> None:
    page = framed.open("/pay/honey/embed")
    scripts = [script for script in page.root.all("script") if "frame.js" in (script.get("src") or "")]
    assert [script["data-origins"] for script in scripts] == [LISTED]
    assert "frame.js" not in framed.client.get("/pay/honey").text


def test_the_frame_script_sends_nothing_where_no_origin_is_listed(shop: WebShop) -> None:
    shop.add(a_link())
    assert "frame.js" not in shop.client.get("/pay/honey/embed").text


def test_the_script_is_cached_and_may_be_loaded_from_anywhere(shop: WebShop) -> None:
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


def test_the_demo_invoice_exists_in_sandbox_mode_only(shop: WebShop, tmp_path: Path) -> None:
    assert shop.client.get("/sandbox/invoice").status_code == 404  # this server does not have its links
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/live.db",
        "PUBLIC_URL": "https://pay.example",
        "SECRET_KEY": "k" * 40,
        "STRIPE_SECRET_KEY": "sk_" + "live_" + "x" * 24,
    }
    live = assemble(read_config(environment, data=tmp_path))
    assert [rule.rule for rule in live.url_map.iter_rules() if rule.rule.startswith("/sandbox")] == []
