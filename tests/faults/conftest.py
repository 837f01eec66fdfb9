"""One scene for each file, because starting processes takes longer than most tests."""

from collections.abc import Iterator

import pytest

from tests.faults.scene import Scene, a_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("scene")) as scene:
        yield scene
