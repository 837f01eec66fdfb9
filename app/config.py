"""Every setting: name, default and meaning in one table, read from the environment into one frozen value.

A setting that is missing or cannot be used names itself (`ConfigurationError`); secrets are masked wherever settings are shown.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from tempfile import mkstemp
from urllib.parse import urlsplit

from app.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent

_RATE = re.compile(
    r"[1-9][0-9]{0,8}\s*(?:/|\s+per\s+)\s*(?:[1-9][0-9]{0,4}\s*)?(?:second|minute|hour|day|month|year)s?", re.IGNORECASE
)
"""One rate as Flask-Limiter reads it."""

_PASSWORD = re.compile(r"(?<=://)([^/@:]*):.*(?=@)|(?<=[?&]password=)[^&]*", re.IGNORECASE)
"""The secret part of a database's address."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its default as text (empty: none), whether it is a secret, and what it means."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting("DATABASE_URL", "sqlite:///data/counterfoil.db", "SQLite file or postgresql://…"),
    Setting("PUBLIC_URL", "http://127.0.0.1:$PORT", "origin that buyers see"),
    Setting("PORT", "8000", "port that `counterfoil serve` listens on"),
    Setting(
        "SECRET_KEY",
        "",
        "signs form tokens and the console's cookie; in sandbox mode generated into data/",
        secret=True,
    ),
    Setting("STRIPE_SECRET_KEY", "", "none: sandbox mode; set: Stripe itself", secret=True),
    Setting(
        "STRIPE_WEBHOOK_SECRET",
        "",
        "verifies Stripe's events; generated in sandbox mode; none in live mode: /webhooks/stripe answers 404",
        secret=True,
    ),
    Setting("STRIPE_API_BASE", "", "another base address for the SDK"),
    Setting("STRIPE_PUBLISHABLE_KEY", "", "handed on in the Bigcapital-style answer"),
    Setting(
        "STRIPE_CHECKOUT_ORIGINS",
        "https://checkout.stripe.com",
        "where a POST may lead, separated by spaces or commas; add a custom Checkout domain here",
    ),
    Setting("JWT_SECRET", "", "HS256 secret for Bigcapital-style bearer tokens; none: only bc_ keys", secret=True),
    Setting("CUSTOM_FIELDS_MAX", "3", "how many custom fields a link may have"),
    Setting(
        "RATE_LIMIT_STORAGE", "memory://", "a Flask-Limiter storage, for several processes or machines", secret=True
    ),
    Setting("RATE_LIMIT_PAY_ADDRESS", "30/minute", "pay POSTs by address"),
    Setting("RATE_LIMIT_PAY_LINK", "300/minute", "pay POSTs by link"),
    Setting("RATE_LIMIT_PREVIEW", "240/minute", "previews by address"),
    Setting("RATE_LIMIT_LOGIN", "10/minute", "log-ins and failed keys by address"),
    Setting("METRICS_TOKEN", "", "bearer token that /metrics asks for; none: 404", secret=True),
    Setting("TRUSTED_PROXIES", "0", "how many proxies' X-Forwarded-* to believe"),
)


@dataclass(frozen=True)
class Config:
    """The settings as the application uses them."""

    database_url: str
    public_url: str
    port: int
    secret_key: str
    stripe_secret_key: str | None
    stripe_webhook_secret: str | None
    stripe_api_base: str | None
    stripe_publishable_key: str | None
    stripe_checkout_origins: tuple[str, ...]
    jwt_secret: str | None
    custom_fields_max: int
    rate_limit_storage: str
    rate_limit_pay_address: str
    rate_limit_pay_link: str
    rate_limit_preview: str
    rate_limit_login: str
    metrics_token: str | None
    trusted_proxies: int

    @property
    def sandbox(self) -> bool:
        """Whether our own sandbox stands in for Stripe: no key is set."""
        return self.stripe_secret_key is None


def read_config(environment: Mapping[str, str], *, data: Path = ROOT / "data") -> Config:
    """The configuration that the environment asks for. Raises `ConfigurationError`.

    In sandbox mode the two secrets that nobody set are made once and kept in `data`.
    """
    values = {setting.name: environment.get(setting.name, "").strip() or setting.default for setting in SETTINGS}
    sandbox = not values["STRIPE_SECRET_KEY"]
    if not sandbox:
        _require(environment, "SECRET_KEY")
        _require(environment, "PUBLIC_URL")
    port = _whole(values, "PORT", minimum=0, maximum=65535)
    return Config(
        database_url=_database_url(values["DATABASE_URL"]),
        public_url=_origin("PUBLIC_URL", values["PUBLIC_URL"].replace("$PORT", str(port))),
        port=port,
        secret_key=values["SECRET_KEY"] or _kept_secret(data, "secret_key"),
        stripe_secret_key=values["STRIPE_SECRET_KEY"] or None,
        stripe_webhook_secret=values["STRIPE_WEBHOOK_SECRET"]
        or (f"whsec_{_kept_secret(data, 'webhook_secret')}" if sandbox else None),
        stripe_api_base=_origin("STRIPE_API_BASE", values["STRIPE_API_BASE"]) if values["STRIPE_API_BASE"] else None,
        stripe_publishable_key=values["STRIPE_PUBLISHABLE_KEY"] or None,
        stripe_checkout_origins=tuple(
            _origin("STRIPE_CHECKOUT_ORIGINS", origin)
            for origin in values["STRIPE_CHECKOUT_ORIGINS"].replace(",", " ").split()
        ),
        jwt_secret=values["JWT_SECRET"] or None,
        custom_fields_max=_whole(values, "CUSTOM_FIELDS_MAX", minimum=0, maximum=100),
        rate_limit_storage=values["RATE_LIMIT_STORAGE"],
        rate_limit_pay_address=_rate(values, "RATE_LIMIT_PAY_ADDRESS"),
        rate_limit_pay_link=_rate(values, "RATE_LIMIT_PAY_LINK"),
        rate_limit_preview=_rate(values, "RATE_LIMIT_PREVIEW"),
        rate_limit_login=_rate(values, "RATE_LIMIT_LOGIN"),
        metrics_token=values["METRICS_TOKEN"] or None,
        trusted_proxies=_whole(values, "TRUSTED_PROXIES", minimum=0, maximum=10),
    )


def described(environment: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Every setting as (name, value for people, meaning); a secret that is set shows as dots, a password in an address too."""
    rows = []
    for setting in SETTINGS:
        given = environment.get(setting.name, "").strip()
        given = _PASSWORD.sub(lambda found: f"{found[1]}:••••••" if found[1] is not None else "••••••", given)
        value = "••••••" if given and setting.secret else given or setting.default or "(none)"
        rows.append((setting.name, value, setting.help))
    return rows


def _require(environment: Mapping[str, str], name: str) -> None:
    if not environment.get(name, "").strip():
        raise ConfigurationError(f"{name} must be set when STRIPE_SECRET_KEY is set.", setting=name)


def _whole(values: Mapping[str, str], name: str, *, minimum: int, maximum: int) -> int:
    text = values[name]
    if not (text.isascii() and text.isdigit() and minimum <= int(text) <= maximum):
        raise ConfigurationError(
            f"{name} must be a whole number from {minimum} to {maximum}, not {text!r}.", setting=name
        )
    return int(text)


def _rate(values: Mapping[str, str], name: str) -> str:
    text = values[name]
    if not _RATE.fullmatch(text):
        raise ConfigurationError(
            f"{name} must be a rate like 30/minute or 100 per 5 minutes, not {text!r}.", setting=name
        )
    return text


def _origin(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = None, None
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
    ):
        raise ConfigurationError(f"{name} must be an origin like https://pay.example.com, not {text!r}.", setting=name)
    if "@" in parts.netloc:
        raise ConfigurationError(f"{name} must not carry a user or password.", setting=name)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ConfigurationError("DATABASE_URL must start with sqlite:/// or postgresql://.", setting="DATABASE_URL")
    return text


def _kept_secret(data: Path, name: str) -> str:
    """A secret made once and kept in a file that only its owner can read; processes that race agree on one."""
    path = data / f"{name}.secret"
    try:
        if not path.exists():
            data.mkdir(parents=True, exist_ok=True)
            # Written whole before it has its name, so that nobody reads half of it.
            descriptor, draft = mkstemp(dir=data, prefix=f"{name}.", suffix=".draft")
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(token_urlsafe(32))
            with suppress(FileExistsError):
                os.link(draft, path)
            Path(draft).unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(
            f"{name.upper()} is not set and {path} cannot be written ({error.strerror}).", setting=name.upper()
        ) from error
