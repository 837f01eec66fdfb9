"""Settings: each names itself when it is missing or cannot be used, and no secret is ever shown."""

from pathlib import Path

import pytest
from limits import parse

from app.config import keep_served_address, read_config, read_database_url, with_served_address
from app.config.settings import SETTINGS, describe
from app.errors import ConfigurationError
from app.resources import PACKAGE, SOURCE_TREE

LIVE = {"STRIPE_SECRET_KEY": "sk_" + "test_" + "x" * 8, "SECRET_KEY": "k" * 32, "PUBLIC_URL": "https://pay.example.com"}


def test_without_any_setting_the_sandbox_serves_on_loopback(tmp_path: Path) -> None:
    config = read_config({}, data=tmp_path)
    assert (config.sandbox, config.public_url, config.port) == (True, "http://127.0.0.1:8000", 8000)


def test_the_public_url_follows_the_port(tmp_path: Path) -> None:
    assert read_config({"PORT": "9001"}, data=tmp_path).public_url == "http://127.0.0.1:9001"


def test_secrets_that_are_not_set_are_generated_once_and_kept(tmp_path: Path) -> None:
    first, second = read_config({}, data=tmp_path), read_config({}, data=tmp_path)
    assert first.secret_key == second.secret_key
    assert first.stripe_webhook_secret == second.stripe_webhook_secret
    assert len(first.secret_key) >= 32


def test_kept_secrets_can_be_read_by_their_owner_alone(tmp_path: Path) -> None:
    read_config({}, data=tmp_path)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "PUBLIC_URL"])
def test_with_a_stripe_key_a_missing_setting_names_itself(missing: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in LIVE.items() if name != missing}
    with pytest.raises(ConfigurationError, match=missing) as raised:
        read_config(environment, data=tmp_path)
    assert raised.value.setting == missing


@pytest.mark.parametrize("given", ["shop", "~/shop", "/srv/shop"])
def test_the_database_and_the_secrets_are_kept_in_the_data_directory(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    config = read_config({"DATA_DIR": given, "SECRET_KEY": "k" * 32, "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24})
    folder = Path("/srv/shop") if given == "/srv/shop" else tmp_path / "shop"
    assert config.data_dir == folder
    assert config.database_url == f"sqlite:///{folder}/counterfoil.db"


def test_a_source_tree_keeps_its_state_in_its_own_folder_wherever_a_command_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_database_url({}) == f"sqlite:///{SOURCE_TREE}/data/counterfoil.db"


def test_a_data_directory_is_created_for_its_owner_alone(tmp_path: Path) -> None:
    read_config({"DATA_DIR": str(tmp_path / "deep" / "data")})
    assert (tmp_path / "deep" / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("folder", [PACKAGE, PACKAGE / "data", PACKAGE / "cli" / ".." / "data"])
def test_state_is_never_kept_inside_the_package(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="DATA_DIR must not be inside the installed package"):
        read_config({"DATA_DIR": str(folder)})


def test_a_relative_database_file_starts_at_the_current_folder(tmp_path: Path) -> None:
    given = "sqlite:///shop.db"
    assert read_config({"DATABASE_URL": given}, data=tmp_path).database_url == given


def test_the_served_address_is_kept_for_later_commands(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path)}
    assert with_served_address(read_config(environment), environment).public_url == "http://127.0.0.1:8000"
    keep_served_address(read_config({**environment, "PORT": "8901"}))
    assert with_served_address(read_config(environment), environment).public_url == "http://127.0.0.1:8901"
    named = {**environment, "PUBLIC_URL": "http://localhost:9000"}
    assert with_served_address(read_config(named), named).public_url == "http://localhost:9000"


def test_a_broken_served_address_names_its_file(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path)}
    (tmp_path / "served_at").write_text("half a lin")
    with pytest.raises(ConfigurationError, match=str(tmp_path / "served_at")):
        with_served_address(read_config(environment), environment)


def test_with_a_stripe_key_no_webhook_secret_is_generated(tmp_path: Path) -> None:
    assert read_config(LIVE, data=tmp_path).stripe_webhook_secret is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("PORT", "eighty", id="a port that is not a number"),
        pytest.param("PORT", "65536", id="a port that does not exist"),
        pytest.param("PUBLIC_URL", "pay.example.com", id="an origin without scheme"),
        pytest.param("PUBLIC_URL", "https://pay.example.com/shop", id="an origin with a path"),
        pytest.param("PUBLIC_URL", "https://☕☕.рф☕", id="a name that cannot be registered"),
        pytest.param("PUBLIC_URL", "https://pay.example.com:65536", id="a port that is too large"),
        pytest.param("PUBLIC_URL", "https://pay.example.com/#x", id="an origin with a fragment"),
        pytest.param("PUBLIC_URL", "https://user@pay.example.com", id="an origin with a user"),
        pytest.param("STRIPE_CHECKOUT_ORIGINS", "checkout.example.com", id="a checkout origin without scheme"),
        pytest.param(
            "STRIPE_CHECKOUT_ORIGINS",
            " ".join(f"https://checkout{n}.example.com" for n in range(30)),
            id="more checkout origins than fit into a header",
        ),
        pytest.param("DATABASE_URL", "mysql://localhost/x", id="an unknown kind of database"),
        pytest.param("CUSTOM_FIELDS_MAX", "-1", id="a negative number of custom fields"),
        pytest.param("TRUSTED_PROXIES", "many", id="a number of proxies as text"),
        pytest.param("RATE_LIMIT_PAY_ADDRESS", "often", id="a rate as a word"),
        pytest.param("RATE_LIMIT_PAY_LINK", "0/minute", id="a rate of zero"),
        pytest.param("RATE_LIMIT_PREVIEW", "30", id="a rate without a time"),
        pytest.param("RATE_LIMIT_LOGIN", "10/fortnight", id="a rate in a unit that does not exist"),
    ],
)
def test_a_setting_that_cannot_be_used_names_itself(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read_config({name: value}, data=tmp_path)


@pytest.mark.parametrize("given", ["https://оплата.рф", "https://ОПЛАТА.рф:443/", "https://xn--80aa5alfu.xn--p1ai"])
def test_an_international_name_is_converted_once(given: str, tmp_path: Path) -> None:
    read = read_config({"PUBLIC_URL": given, "STRIPE_CHECKOUT_ORIGINS": given, "STRIPE_API_BASE": given}, data=tmp_path)
    origin = "https://xn--80aa5alfu.xn--p1ai"
    assert (read.public_url, read.stripe_checkout_origins, read.stripe_api_base) == (origin, (origin,), origin)


def test_a_folder_that_cannot_be_written_names_the_setting_that_would_help(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        read_config({}, data=blocked)


def test_checkout_origins_are_separated_by_spaces_or_commas(tmp_path: Path) -> None:
    given = "https://checkout.stripe.com, https://pay.shop.example"
    assert read_config({"STRIPE_CHECKOUT_ORIGINS": given}, data=tmp_path).stripe_checkout_origins == (
        "https://checkout.stripe.com",
        "https://pay.shop.example",
    )


@pytest.mark.parametrize("rate", ["30/minute", "1 per hour", "100 per 5 minutes", "10/2second", "5/DAY"])
def test_rates_are_read_as_the_limiter_reads_them(rate: str, tmp_path: Path) -> None:
    assert parse(read_config({"RATE_LIMIT_LOGIN": rate}, data=tmp_path).rate_limit_login) == parse(rate)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop:hidden@db.example/shop",
        "postgresql://shop:hid@hidden@db/shop",
        "postgresql://db/x?password=hidden",
    ],
)
def test_the_password_in_a_databases_address_is_not_shown(url: str) -> None:
    shown = next(value for name, value, _ in describe({"DATABASE_URL": url}) if name == "DATABASE_URL")
    assert shown.startswith("postgresql://")
    assert "hid" not in shown


def test_no_secret_is_ever_shown() -> None:
    given = {setting.name: f"value-of-{setting.name}" for setting in SETTINGS}
    shown = {name: value for name, value, _ in describe(given)}
    for setting in SETTINGS:
        assert (given[setting.name] in shown[setting.name]) is not setting.secret
