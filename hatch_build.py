"""Complete the wheel: add templates, static files and the demo's seed to the package, and compile the message catalogues.

In the source tree these folders stay beside `app/`, and `make` compiles the catalogues in place: an editable install needs nothing more.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

RESOURCES = ("templates", "static", "data/demo.json")


class ResourcesHook(BuildHookInterface):  # type: ignore[type-arg]  # one hook for every builder's configuration
    """The hook that `[tool.hatch.build.targets.wheel.hooks.custom]` names."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a standard wheel."""
        if version != "standard":
            return
        root = Path(self.root)
        for name in RESOURCES:
            build_data["force_include"][str(root / name)] = f"app/{name}"
        self._compiled = Path(mkdtemp(prefix="counterfoil-catalogues-"))
        for source in sorted(root.glob("app/locale/*/LC_MESSAGES/*.po")):
            name = source.relative_to(root).with_suffix(".mo")
            compiled = self._compiled / name
            compiled.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as catalogue, compiled.open("wb") as file:
                write_mo(file, read_po(catalogue))
            build_data["force_include"][str(compiled)] = name.as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002  # the interface's
        """Remove the compiled catalogues, which the wheel holds now."""
        if version == "standard":
            shutil.rmtree(self._compiled)
