"""The table of settings: names, defaults and meanings. Secrets are masked wherever settings are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigurationError
from app.resources import PACKAGE, SOURCE_TREE
from app.wire.secret_parts import MASK, masked


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


def describe(environment: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return every setting as (name, value, meaning), with each secret masked, in addresses as well."""
    values = values_of(environment)

    def shown(setting: Setting) -> str:
        value = values[setting.name]
        return MASK if value and setting.secret and value != setting.default else masked(value) or "(none)"

    return [(setting.name, shown(setting), setting.help) for setting in SETTINGS]


def values_of(environment: Mapping[str, str], data: Path | None = None) -> dict[str, str]:
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
