"""The files that the application reads beside its code: templates, static files, message catalogues, the demo's seed.

In the source tree they stand beside the package `app`; a wheel carries them inside it. Nothing is ever written there.
"""

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent
"""The folder of the package `app`."""

SOURCE_TREE: Final = None if (PACKAGE / "templates").is_dir() else PACKAGE.parent
"""The top folder of the source tree, or None for an installed wheel."""


def resource(name: str) -> Path:
    """Return the path of a file or folder: `resource("templates")`, `resource("data/demo.json")`."""
    return (SOURCE_TREE or PACKAGE) / name
