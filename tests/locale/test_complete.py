"""Every translated text is complete: nothing is missing, fuzzy, in English, or without a placeholder of its source."""

from pathlib import Path

import pytest

from tests.support.catalogue_checks import faults
from tools.messages import CATALOGUES, ROOT

TRANSLATED = sorted(path for path in CATALOGUES.glob("*/LC_MESSAGES/*.po") if path.parents[1].name != "en")


@pytest.mark.costly_rows
@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_catalogue_is_complete(path: Path) -> None:
    found = faults(path)
    assert not found, "\n".join(fault.replace(f"{ROOT}/", "") for fault in found)
