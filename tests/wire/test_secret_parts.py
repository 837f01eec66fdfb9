"""No part of a secret is shown, wherever in an address it stands and however it is written; weak secrets are named."""

import pytest

from app.config import read_config
from app.config.settings import describe
from app.errors import ConfigurationError
from app.wire.secret_parts import masked, without_secrets

SECRET = "hidden"
LIVE = "sk_" + "live_" + "x" * 24
TEST = "sk_" + "test_" + "x" * 24


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://shop:hidden@db.example/shop",
        "postgresql://hidden@db.example/shop",
        "postgresql://shop:a@hidden@db/shop",
        "postgresql://shop:a/hidden@db/shop",
        "postgresql://shop:a?hidden=1#@db/shop",
        "postgresql://db/x?password=hidden",
        "postgresql://db/x?sslmode=require&sslpassword=hidden&application_name=shop",
        "postgresql://db/x?PASSWORD=hidden",
        "postgresql://db/x?pass%77ord=hidden",
        "postgresql://one,two/x?passfile=/etc/hidden",
        "postgresql://db/x?oauth_client_secret=hidden",
        "redis://:hidden@cache:6379/0",
        "redis://cache:6379/0?ssl_password=hidden",
        "https://hooks.example/?token=hidden",
        "https://hooks.example/?a=1;api_key=hidden",
        "https://hooks.example/#access_token=hidden",
        "shop:hidden@pay.example.com",
        "//shop:hidden@pay.example.com",
        "postgresql://db/x?password=hidden\nhidden",
        "sk_" + "live_" + "hidden",
        "whsec_" + "hidden",
    ],
)
def test_no_secret_part_of_a_value_is_shown(text: str) -> None:
    assert SECRET not in masked(text)
    assert "••••••" in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://db.example:5432/shop?sslmode=require&application_name=shop",
        "sqlite:////srv/counterfoil/counterfoil.db",
        "https://pay.example.com",
        "30/minute",
        "pk_" + "live_" + "public",
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_the_rest_of_an_address_stays_readable() -> None:
    shown = masked("postgresql://shop:hidden@db.example:5432/shop?sslmode=require&sslpassword=hidden&connect_timeout=3")
    assert shown == "postgresql://••••••@db.example:5432/shop?sslmode=require&sslpassword=••••••&connect_timeout=3"


@pytest.mark.parametrize("name", ["DATABASE_URL", "STRIPE_API_BASE", "PUBLIC_URL", "STRIPE_CHECKOUT_ORIGINS", "PORT"])
def test_settings_mask_the_secrets_of_every_address(name: str) -> None:
    rows = describe({name: "https://shop:hidden@example.com/?sslpassword=hidden"})
    assert all(SECRET not in value for _, value, _ in rows)


@pytest.mark.parametrize(
    "name",
    ["PUBLIC_URL", "STRIPE_API_BASE", "STRIPE_CHECKOUT_ORIGINS", "PORT", "RATE_LIMIT_LOGIN", "DATABASE_URL"],
)
@pytest.mark.parametrize(
    "value", ["https://shop:hidden@example.com/x", "ftp://shop:hidden@[x", "shop:hidden@x", "sk_live_hidden"]
)
def test_no_error_about_a_setting_repeats_a_secret(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_config({**settings(TEST), name: value})
    assert SECRET not in raised.value.message


def test_a_drivers_message_loses_every_piece_of_the_password() -> None:
    address = "postgresql://shop:pa/ss%20word@db.example/shop?sslpassword=k3y"
    message = 'invalid integer value "pa" for "port"; no host "ss word@db.example"; "ss%20word", key k3y, user shop'
    cleaned = without_secrets(message, address)
    assert all(piece not in cleaned for piece in ('"pa"', "ss word", "ss%20word", "k3y"))
    assert cleaned.endswith("user shop")


def settings(key: str, **changes: str) -> dict[str, str]:
    strong = {
        "STRIPE_SECRET_KEY": key,
        "SECRET_KEY": "k" * 32,
        "JWT_SECRET": "j" * 32,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 14,
        "PUBLIC_URL": "https://pay.example.com",
    }
    return {**strong, **changes}


WEAK = [
    ("SECRET_KEY", "k" * 31),
    ("JWT_SECRET", "j" * 31),
    ("STRIPE_WEBHOOK_SECRET", "whsec_" + "w" * 13),
    ("PUBLIC_URL", "http://pay.example.com"),
]


@pytest.mark.parametrize(("name", "value"), WEAK)
@pytest.mark.parametrize("kind", ["sk", "rk"])
def test_a_live_key_is_refused_with_a_weak_secret_or_without_tls(kind: str, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as raised:
        read_config(settings(kind + LIVE[2:], **{name: value}))
    assert raised.value.setting == name
    assert value not in raised.value.message


@pytest.mark.parametrize(("name", "value"), WEAK)
def test_with_a_test_key_the_same_is_a_warning(name: str, value: str) -> None:
    (warning,) = read_config(settings(TEST, **{name: value})).warnings
    assert warning.startswith(f"{name} must ")
    assert value not in warning


@pytest.mark.parametrize("key", [LIVE, TEST])
def test_strong_secrets_bring_no_warning(key: str) -> None:
    assert read_config(settings(key)).warnings == ()
    assert read_config(settings(key, JWT_SECRET="", STRIPE_WEBHOOK_SECRET="")).warnings == ()


def test_the_sandbox_warns_of_nothing() -> None:
    assert read_config(settings("", SECRET_KEY="short", PUBLIC_URL="http://127.0.0.1:8000")).warnings == ()


@pytest.mark.parametrize("kind", ["pk_live_", "pk_test_"])
def test_a_publishable_key_is_no_secret_key(kind: str) -> None:
    with pytest.raises(ConfigurationError, match="publishable"):
        read_config(settings(kind + "x" * 24))
