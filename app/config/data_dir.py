"""The folder DATA_DIR: the generated secrets and other files that commands share."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe
from tempfile import mkstemp

from app.errors import ConfigurationError

WEBHOOK_PREFIX = "whsec_"


def create_data_dir(path: Path) -> None:
    """Create the folder, for its owner alone; one that exists keeps its mode."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def generated_secrets(data_dir: Path) -> dict[str, str]:
    """Return the secrets that were generated into the folder, by the setting that takes each."""
    files = {"SECRET_KEY": ("", "secret_key"), "STRIPE_WEBHOOK_SECRET": (WEBHOOK_PREFIX, "webhook_secret")}
    paths = {setting: (prefix, data_dir / f"{name}.secret") for setting, (prefix, name) in files.items()}
    return {
        setting: prefix + path.read_text(encoding="ascii").strip()
        for setting, (prefix, path) in paths.items()
        if path.exists()
    }


def read_or_create_secret(folder: Path, name: str) -> str:
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
