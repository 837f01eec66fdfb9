"""The settings: one table with names, defaults and meanings, and their values from the environment in one frozen object.

A missing or wrong setting raises `ConfigurationError` with its name. Secrets are masked wherever settings are shown.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_urlsafe
from tempfile import mkstemp

from app.errors import ConfigurationError
from app.objects.limits import MAXIMUM_CHECKOUT_ORIGINS_LENGTH
from app.resources import PACKAGE, SOURCE_TREE
from app.wire.secret_parts import MASK, masked
from app.wire.web_address import AddressRefused, length_of_all, read_address

_RATE = re.compile(
    r"[1-9][0-9]{0,8}\s*(?:/|\s+per\s+)\s*(?:[1-9][0-9]{0,4}\s*)?(?:second|minute|hour|day|month|year)s?", re.IGNORECASE
)
"""One rate as the library `limits` reads it."""

_LENGTHS = {"SECRET_KEY": 32, "JWT_SECRET": 32, "STRIPE_WEBHOOK_SECRET": 20}
"""How many characters a secret must have."""

_WEBHOOK_PREFIX = "whsec_"

_ADDRESS_FILE = "served_at"
"""The file in DATA_DIR with the origin at which the sandbox was served last."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: name, default as text (empty: none), meaning, and whether it is a secret."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting(
        "DATA_DIR",
        "data",
        "folder of the SQLite file and the generated secrets; in the source tree, else in the current folder",
    ),
    Setting(
        "DATABASE_URL",
        "sqlite:///$DATA_DIR/counterfoil.db",
        "SQLite file or postgresql://…; a relative path starts at the current folder",
    ),
    Setting("PUBLIC_URL", "http://127.0.0.1:$PORT", "origin that buyers see"),
    Setting("PORT", "8000", "port that `counterfoil serve` listens on"),
    Setting(
        "SECRET_KEY",
        "",
        "signs form tokens and the console's cookie; in sandbox mode generated into DATA_DIR",
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
        "RATE_LIMIT_STORAGE",
        "shared://",
        "where requests are counted: shared by the workers of one `serve`; several machines share one (redis://…)",
        secret=True,
    ),
    Setting("RATE_LIMIT_PAY_ADDRESS", "30/minute", "pay POSTs by address"),
    Setting("RATE_LIMIT_PAY_LINK", "300/minute", "sessions that one link may open"),
    Setting("RATE_LIMIT_PREVIEW", "240/minute", "previews by address"),
    Setting("RATE_LIMIT_CODES_ADDRESS", "20/minute", "promotion codes looked up at Stripe, by address"),
    Setting("RATE_LIMIT_CODES_LINK", "120/minute", "promotion codes looked up at Stripe, by link"),
    Setting("RATE_LIMIT_LOGIN", "10/minute", "log-ins and failed keys by address"),
    Setting("RATE_LIMIT_LOGIN_ACCOUNT", "30/hour", "log-ins of one account from addresses that are new to it"),
    Setting("RATE_LIMIT_RETURN", "1 per 3 seconds", "calls to Stripe for the page after payment, by attempt"),
    Setting("RATE_LIMIT_RESTART", "10/hour", "payments that one address may end to start again"),
    Setting("UNPAID_PER_ADDRESS", "300/day", "sessions that one address (IPv4, or IPv6 /64) may open and leave unpaid"),
    Setting(
        "HOLDS_PER_ADDRESS", "10", "places of one limited link that one address may hold unpaid at a time; 0: no limit"
    ),
    Setting(
        "RETENTION_DAYS",
        "90",
        "how long attempts that were never paid, applied events and deliveries are kept; 0 keeps them for ever",
    ),
    Setting("METRICS_TOKEN", "", "bearer token that /metrics asks for; none: 404", secret=True),
    Setting("TRUSTED_PROXIES", "0", "how many proxies' X-Forwarded-* to believe"),
)


@dataclass(frozen=True)
class Config:
    """The settings as the application uses them."""

    data_dir: Path
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
    rate_limit_codes_address: str
    rate_limit_codes_link: str
    rate_limit_login: str
    rate_limit_login_account: str
    rate_limit_return: str
    rate_limit_restart: str
    unpaid_per_address: str
    retention_days: int
    holds_per_address: int
    metrics_token: str | None
    trusted_proxies: int
    warnings: tuple[str, ...] = ()
    """What would be refused with a live key, one sentence each."""

    @property
    def sandbox(self) -> bool:
        """Return whether the application talks to the sandbox: no Stripe key is set."""
        return self.stripe_secret_key is None


def read_config(environment: Mapping[str, str], *, data: Path | None = None) -> Config:
    """Return the configuration that the environment asks for. Raises `ConfigurationError`.

    `data` is the folder to use where DATA_DIR is not set. In sandbox mode a secret that is not set is generated once and kept there.
    """
    values = _values(environment, data)
    data_dir = Path(values["DATA_DIR"])
    sandbox = not values["STRIPE_SECRET_KEY"]
    if not sandbox:
        _require(environment, "SECRET_KEY")
        _require(environment, "PUBLIC_URL")
    warnings = () if sandbox else _judge_secrets(values)
    port = _integer(values, "PORT", minimum=0, maximum=65535)
    return Config(
        data_dir=data_dir,
        database_url=_database_url(values["DATABASE_URL"]),
        public_url=_origin("PUBLIC_URL", values["PUBLIC_URL"]),
        port=port,
        secret_key=values["SECRET_KEY"] or _read_or_create_secret(data_dir, "secret_key"),
        stripe_secret_key=values["STRIPE_SECRET_KEY"] or None,
        stripe_webhook_secret=values["STRIPE_WEBHOOK_SECRET"]
        or (_WEBHOOK_PREFIX + _read_or_create_secret(data_dir, "webhook_secret") if sandbox else None),
        stripe_api_base=_origin("STRIPE_API_BASE", values["STRIPE_API_BASE"]) if values["STRIPE_API_BASE"] else None,
        stripe_publishable_key=values["STRIPE_PUBLISHABLE_KEY"] or None,
        stripe_checkout_origins=_origins("STRIPE_CHECKOUT_ORIGINS", values["STRIPE_CHECKOUT_ORIGINS"]),
        jwt_secret=values["JWT_SECRET"] or None,
        custom_fields_max=_integer(values, "CUSTOM_FIELDS_MAX", minimum=0, maximum=100),
        rate_limit_storage=values["RATE_LIMIT_STORAGE"],
        rate_limit_pay_address=_rate(values, "RATE_LIMIT_PAY_ADDRESS"),
        rate_limit_pay_link=_rate(values, "RATE_LIMIT_PAY_LINK"),
        rate_limit_preview=_rate(values, "RATE_LIMIT_PREVIEW"),
        rate_limit_codes_address=_rate(values, "RATE_LIMIT_CODES_ADDRESS"),
        rate_limit_codes_link=_rate(values, "RATE_LIMIT_CODES_LINK"),
        rate_limit_login=_rate(values, "RATE_LIMIT_LOGIN"),
        rate_limit_login_account=_rate(values, "RATE_LIMIT_LOGIN_ACCOUNT"),
        rate_limit_return=_rate(values, "RATE_LIMIT_RETURN"),
        rate_limit_restart=_rate(values, "RATE_LIMIT_RESTART"),
        unpaid_per_address=_rate(values, "UNPAID_PER_ADDRESS"),
        retention_days=_integer(values, "RETENTION_DAYS", minimum=0, maximum=36500),
        holds_per_address=_integer(values, "HOLDS_PER_ADDRESS", minimum=0, maximum=1_000_000),
        metrics_token=values["METRICS_TOKEN"] or None,
        trusted_proxies=_integer(values, "TRUSTED_PROXIES", minimum=0, maximum=10),
        warnings=warnings,
    )


def read_database_url(environment: Mapping[str, str]) -> str:
    """Return the address of the database alone, and create nothing. Raises `ConfigurationError`."""
    return _database_url(_values(environment)["DATABASE_URL"])


def with_served_address(config: Config, environment: Mapping[str, str]) -> Config:
    """Return the configuration with the address at which its sandbox was served last, unless the environment names one.

    The server knows its port from its own command line, `counterfoil links list` does not: `keep_served_address` tells it.
    """
    if not config.sandbox or any(environment.get(name, "").strip() for name in ("PUBLIC_URL", "PORT")):
        return config
    path = config.data_dir / _ADDRESS_FILE
    try:
        return replace(config, public_url=_origin(str(path), path.read_text(encoding="utf-8").strip()))
    except FileNotFoundError:
        return config


def keep_served_address(config: Config) -> None:
    """Write the address at which the sandbox is served where later commands find it. Raises `ConfigurationError`."""
    path = config.data_dir / _ADDRESS_FILE
    try:
        create_data_dir(config.data_dir)
        replace_file(path, config.public_url)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror}). Set DATA_DIR.", setting="DATA_DIR"
        ) from error


def create_data_dir(path: Path) -> None:
    """Create the folder, for its owner alone; one that exists keeps its mode."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def describe(environment: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return every setting as (name, value, meaning), with each secret masked, in addresses as well."""
    values = _values(environment)

    def shown(setting: Setting) -> str:
        value = values[setting.name]
        return MASK if value and setting.secret and value != setting.default else masked(value) or "(none)"

    return [(setting.name, shown(setting), setting.help) for setting in SETTINGS]


def _values(environment: Mapping[str, str], data: Path | None = None) -> dict[str, str]:
    """Return every setting as text, with defaults filled in."""
    values = {setting.name: environment.get(setting.name, "").strip() or setting.default for setting in SETTINGS}
    given = environment.get("DATA_DIR", "").strip()
    folder = (Path(given) if given else data or (SOURCE_TREE or Path()) / values["DATA_DIR"]).expanduser().absolute()
    if folder.resolve().is_relative_to(PACKAGE):
        raise ConfigurationError(
            f"DATA_DIR must not be inside the installed package, as {folder} is.", setting="DATA_DIR"
        )
    values["DATA_DIR"] = str(folder)
    for name in ("DATABASE_URL", "PUBLIC_URL"):
        values[name] = values[name].replace("$DATA_DIR", values["DATA_DIR"]).replace("$PORT", values["PORT"])
    return values


def _require(environment: Mapping[str, str], name: str) -> None:
    if not environment.get(name, "").strip():
        raise ConfigurationError(f"{name} must be set when STRIPE_SECRET_KEY is set.", setting=name)


def _judge_secrets(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the warnings about weak secrets. Raises `ConfigurationError` for them with a live key, and for a publishable key."""
    key = values["STRIPE_SECRET_KEY"]
    if key.startswith("pk_"):
        raise ConfigurationError(
            "STRIPE_SECRET_KEY is a publishable key (pk_…). Set the secret key (sk_…) or a restricted one (rk_…).",
            setting="STRIPE_SECRET_KEY",
        )
    found = [
        (name, f"{name} must have at least {length} characters; it has {len(values[name])}.")
        for name, length in _LENGTHS.items()
        if values[name] and len(values[name]) < length
    ]
    if not values["PUBLIC_URL"].lower().startswith("https://"):
        found.append(("PUBLIC_URL", "PUBLIC_URL must be https: buyers' answers and the console's log-in travel there."))
    if found and key.startswith(("sk_live_", "rk_live_")):
        setting, message = found[0]
        raise ConfigurationError(message, setting=setting)
    return tuple(message for _, message in found)


def _integer(values: Mapping[str, str], name: str, *, minimum: int, maximum: int) -> int:
    text = values[name]
    if not (text.isascii() and text.isdigit() and minimum <= int(text) <= maximum):
        raise ConfigurationError(
            f"{name} must be a whole number from {minimum} to {maximum}, not {masked(text)!r}.", setting=name
        )
    return int(text)


def _rate(values: Mapping[str, str], name: str) -> str:
    text = values[name]
    if not _RATE.fullmatch(text):
        raise ConfigurationError(
            f"{name} must be a rate like 30/minute or 100 per 5 minutes, not {masked(text)!r}.", setting=name
        )
    return text


def _origin(name: str, text: str) -> str:
    """Return an origin as browsers send it. International names are converted to punycode here, once."""
    try:
        address = read_address(text)
    except AddressRefused as error:
        raise ConfigurationError(
            f"{name} {error.rule} Give an origin like https://pay.example.com.", setting=name
        ) from None
    if address.rest.strip("/"):
        raise ConfigurationError(
            f"{name} must be an origin like https://pay.example.com, without a path.", setting=name
        )
    return address.origin


def _origins(name: str, text: str) -> tuple[str, ...]:
    """Return a list of origins. All stand in one header of every page, so they are bounded together."""
    origins = tuple(_origin(name, origin) for origin in text.replace(",", " ").split())
    if length_of_all(origins) > MAXIMUM_CHECKOUT_ORIGINS_LENGTH:
        raise ConfigurationError(
            f"{name} must have at most {MAXIMUM_CHECKOUT_ORIGINS_LENGTH} characters: it stands in a header of every page.",
            setting=name,
        )
    return origins


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ConfigurationError("DATABASE_URL must start with sqlite:/// or postgresql://.", setting="DATABASE_URL")
    return text


def generated_secrets(data_dir: Path) -> dict[str, str]:
    """Return the secrets that were generated into the folder, by the setting that takes each."""
    files = {"SECRET_KEY": ("", "secret_key"), "STRIPE_WEBHOOK_SECRET": (_WEBHOOK_PREFIX, "webhook_secret")}
    paths = {setting: (prefix, data_dir / f"{name}.secret") for setting, (prefix, name) in files.items()}
    return {
        setting: prefix + path.read_text(encoding="ascii").strip()
        for setting, (prefix, path) in paths.items()
        if path.exists()
    }


def _read_or_create_secret(folder: Path, name: str) -> str:
    """Return a secret from its file, which only the owner can read; create it first where it is missing.

    Processes that start at once agree on one secret: the first file stays.
    """
    path = folder / f"{name}.secret"
    try:
        if not path.exists():
            create_data_dir(folder)
            draft = _write_draft(path, token_urlsafe(32))
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(
            f"{name.upper()} is not set and {path} cannot be written ({error.strerror}). Set {name.upper()} or DATA_DIR.",
            setting=name.upper(),
        ) from error


def replace_file(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never half of it."""
    _write_draft(path, text).replace(path)


def _write_draft(path: Path, text: str) -> Path:
    """Write the text to a new file beside `path` that only the owner can read, and return its path."""
    descriptor, draft = mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".draft")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(draft)
