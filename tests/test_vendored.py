"""Files of others that are served as ours are exactly what their authors published."""

import hashlib
import json
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[1] / "static"
DECLARATIONS = sorted(STATIC.glob("*/*.json"))


def vendored_file(declaration: Path) -> Path:
    """Return the file that a declaration is about."""
    (file,) = (
        declaration.with_suffix(suffix) for suffix in (".min.js", ".ttf") if declaration.with_suffix(suffix).exists()
    )
    return file


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: path.stem)
def test_a_vendored_file_has_the_checksum_that_stands_beside_it(declaration: Path) -> None:
    vendored = json.loads(declaration.read_text())
    assert hashlib.sha256(vendored_file(declaration).read_bytes()).hexdigest() == vendored["sha256"]


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: path.stem)
def test_a_vendored_file_has_its_version_and_licence_beside_it(declaration: Path) -> None:
    vendored = json.loads(declaration.read_text())
    assert all(vendored[name] for name in ("name", "version", "license", "source"))
    assert declaration.with_suffix(".LICENSE").read_text().strip()


def test_htmx_and_the_font_of_cards_are_vendored() -> None:
    assert DECLARATIONS == [STATIC / "fonts" / "inter.json", STATIC / "js" / "htmx.json"]
