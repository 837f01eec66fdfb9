"""Stripe is given the address of a picture only where it can fetch it."""

import pytest

from app.gateway.picture_address import address_for_stripe
from tests.gateway.links import APIARY, sent
from tests.support.build import a_link

PICTURE = f"/pictures/{'0f' * 32}.png"


@pytest.mark.parametrize(
    ("picture", "public_url", "address"),
    [
        pytest.param(None, "https://pay.example", None, id="none"),
        pytest.param(
            "https://a.example/i.png", "http://127.0.0.1:8000", "https://a.example/i.png", id="the merchant's own"
        ),
        pytest.param("http://a.example/i.png", "https://pay.example", None, id="without TLS"),
        pytest.param(PICTURE, "https://pay.example", f"https://pay.example{PICTURE}", id="uploaded"),
        pytest.param(
            PICTURE, "https://pay.example:8443", f"https://pay.example:8443{PICTURE}", id="uploaded, with a port"
        ),
        pytest.param(PICTURE, "http://pay.example", None, id="uploaded, but served without TLS"),
        pytest.param(PICTURE, "https://localhost", None, id="this machine"),
        pytest.param(PICTURE, "https://LOCALHOST.:8443", None, id="this machine, written in another way"),
        pytest.param(PICTURE, "https://pay.localhost", None, id="a name of this machine"),
        pytest.param(PICTURE, "https://127.0.0.1", None, id="IPv4 loopback"),
        pytest.param(PICTURE, "https://127.8.0.1:443", None, id="another IPv4 loopback"),
        pytest.param(PICTURE, "https://[::1]", None, id="IPv6 loopback"),
        pytest.param(
            PICTURE, "https://localhost.example", f"https://localhost.example{PICTURE}", id="a name that looks alike"
        ),
        pytest.param(PICTURE, None, None, id="no origin"),
        pytest.param("/pictures/../static/x.png", "https://pay.example", None, id="no picture of ours"),
        pytest.param("/static/img/logo.svg", "https://pay.example", None, id="a static file"),
    ],
)
def test_the_address_that_stripe_fetches(picture: str | None, public_url: str | None, address: str | None) -> None:
    assert address_for_stripe(picture, public_url) == address


def test_a_session_shows_the_uploaded_logo() -> None:
    branding = APIARY.settings.branding.model_copy(update={"logo": PICTURE})
    organization = APIARY.model_copy(update={"settings": APIARY.settings.model_copy(update={"branding": branding})})
    logo = sent(a_link(), organization=organization)["branding_settings"]["logo"]
    assert logo == {"type": "url", "url": f"https://pay.hillside.example{PICTURE}"}
