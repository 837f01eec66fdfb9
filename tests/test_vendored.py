"""Files of others that are served as ours are exactly what their authors published."""

import hashlib
import json
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[1] / "static" / "js"
DECLARATIONS = sorted(STATIC.glob("*.json"))


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: path.stem)
def test_a_vendored_file_has_the_checksum_that_stands_beside_it(declaration: Path) -> None:
    vendored = json.loads(declaration.read_text())
    assert hashlib.sha256(declaration.with_suffix(".min.js").read_bytes()).hexdigest() == vendored["sha256"]


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: path.stem)
def test_a_vendored_file_has_its_version_and_licence_beside_it(declaration: Path) -> None:
    assert json.loads(declaration.read_text())["version"]
    assert declaration.with_suffix(".LICENSE").read_text().strip()


def test_htmx_is_vendored() -> None:
    assert STATIC / "htmx.json" in DECLARATIONS
