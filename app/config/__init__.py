"""The settings as one frozen object, read from the environment.

A missing or wrong setting raises `ConfigurationError` with its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.config.data_dir import create_data_dir, read_or_create_secret, replace_file
from app.config.settings import values_of
from app.config.values import (
    check_secrets,
    read_database_address,
    read_integer,
    read_origin,
    read_origins,
    read_rate,
    require,
)
from app.errors import ConfigurationError

_ADDRESS_FILE = "served_at"
"""The file in DATA_DIR with the origin at which the sandbox was served last."""


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
    values = values_of(environment, data)
    data_dir = Path(values["DATA_DIR"])
    sandbox = not values["STRIPE_SECRET_KEY"]
    if not sandbox:
        require(environment, "SECRET_KEY")
        require(environment, "PUBLIC_URL")
    warnings = () if sandbox else check_secrets(values)
    port = read_integer(values, "PORT", minimum=0, maximum=65535)
    return Config(
        data_dir=data_dir,
        database_url=read_database_address(values["DATABASE_URL"]),
        public_url=read_origin("PUBLIC_URL", values["PUBLIC_URL"]),
        port=port,
        secret_key=values["SECRET_KEY"] or read_or_create_secret(data_dir, "SECRET_KEY"),
        stripe_secret_key=values["STRIPE_SECRET_KEY"] or None,
        stripe_webhook_secret=values["STRIPE_WEBHOOK_SECRET"]
        or (read_or_create_secret(data_dir, "STRIPE_WEBHOOK_SECRET") if sandbox else None),
        stripe_api_base=read_origin("STRIPE_API_BASE", values["STRIPE_API_BASE"])
        if values["STRIPE_API_BASE"]
        else None,
        stripe_publishable_key=values["STRIPE_PUBLISHABLE_KEY"] or None,
        stripe_checkout_origins=read_origins("STRIPE_CHECKOUT_ORIGINS", values["STRIPE_CHECKOUT_ORIGINS"]),
        jwt_secret=values["JWT_SECRET"] or None,
        custom_fields_max=read_integer(values, "CUSTOM_FIELDS_MAX", minimum=0, maximum=100),
        rate_limit_storage=values["RATE_LIMIT_STORAGE"],
        rate_limit_pay_address=read_rate(values, "RATE_LIMIT_PAY_ADDRESS"),
        rate_limit_pay_link=read_rate(values, "RATE_LIMIT_PAY_LINK"),
        rate_limit_preview=read_rate(values, "RATE_LIMIT_PREVIEW"),
        rate_limit_codes_address=read_rate(values, "RATE_LIMIT_CODES_ADDRESS"),
        rate_limit_codes_link=read_rate(values, "RATE_LIMIT_CODES_LINK"),
        rate_limit_login=read_rate(values, "RATE_LIMIT_LOGIN"),
        rate_limit_login_account=read_rate(values, "RATE_LIMIT_LOGIN_ACCOUNT"),
        rate_limit_return=read_rate(values, "RATE_LIMIT_RETURN"),
        rate_limit_restart=read_rate(values, "RATE_LIMIT_RESTART"),
        unpaid_per_address=read_rate(values, "UNPAID_PER_ADDRESS"),
        retention_days=read_integer(values, "RETENTION_DAYS", minimum=0, maximum=36500),
        holds_per_address=read_integer(values, "HOLDS_PER_ADDRESS", minimum=0, maximum=1_000_000),
        metrics_token=values["METRICS_TOKEN"] or None,
        trusted_proxies=read_integer(values, "TRUSTED_PROXIES", minimum=0, maximum=10),
        warnings=warnings,
    )


def read_database_url(environment: Mapping[str, str]) -> str:
    """Return the address of the database alone, and create nothing. Raises `ConfigurationError`."""
    return read_database_address(values_of(environment)["DATABASE_URL"])


def with_served_address(config: Config, environment: Mapping[str, str]) -> Config:
    """Return the configuration with the address at which its sandbox was served last, unless the environment names one.

    The server knows its port from its own command line, `counterfoil links list` does not: `keep_served_address` tells it.
    """
    if not config.sandbox or any(environment.get(name, "").strip() for name in ("PUBLIC_URL", "PORT")):
        return config
    path = config.data_dir / _ADDRESS_FILE
    try:
        return replace(config, public_url=read_origin(str(path), path.read_text(encoding="utf-8").strip()))
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
