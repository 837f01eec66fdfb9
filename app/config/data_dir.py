"""The folder DATA_DIR: the generated secrets and other files that commands share."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe
from tempfile import mkstemp
from typing import Final

from app.errors import ConfigurationError

_SECRETS: Final = {
    "SECRET_KEY": ("secret_key.secret", ""),
    "STRIPE_WEBHOOK_SECRET": ("webhook_secret.secret", "whsec_"),
}
"""The file and the prefix of each secret, by the name of its setting."""


def create_data_dir(path: Path) -> None:
    """Create the folder so that only its owner can open it. An existing folder keeps its permissions."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def read_generated_secrets(data_dir: Path) -> dict[str, str]:
    """Read the generated secrets from the folder. Return them by the name of their setting; a secret without a file is left out."""
    return {
        setting: prefix + (data_dir / file).read_text(encoding="ascii").strip()
        for setting, (file, prefix) in _SECRETS.items()
        if (data_dir / file).exists()
    }


def read_or_create_secret(folder: Path, setting: str) -> str:
    """Return the generated secret of a setting. Create its file if it is missing, so that only the owner can read it.

    If several processes start at the same time, all use the file that was created first. Raises `ConfigurationError`.
    """
    file, prefix = _SECRETS[setting]
    path = folder / file
    try:
        if not path.exists():
            create_data_dir(folder)
            draft = _write_draft(path, token_urlsafe(32))
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return prefix + path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(
            f"{setting} is not set and {path} cannot be read or written ({error.strerror}). Set {setting} or DATA_DIR.",
            setting=setting,
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
