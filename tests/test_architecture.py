"""The house holds: its floors, the size of its rooms, and that it tells nothing of the machines it was built on."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

TOP = Path(__file__).parents[1]
MODULES = sorted((TOP / "app").rglob("*.py"))
FLOORS = ("errors", "objects", "pricing", "wire", "store", "gateway", "services", "web", "sandbox")
TOLD_THE_TIME = ("objects", "pricing", "wire", "services")
LINES_AT_MOST = 400


def floor_of(module: str) -> str | None:
    """`web` for `app.web.pay`; None for what stands outside the floors."""
    return next((floor for floor in FLOORS if f"{module}.".startswith(f"app.{floor}.")), None)


def name_of(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("app", include_external_packages=True, cache_dir=None)


def test_every_floor_imports_only_what_it_may() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_objects_import_nothing_but_pydantic_and_the_standard_library(graph: grimp.ImportGraph) -> None:
    modules = {"app.errors", "app.objects", *graph.find_descendants("app.objects")}
    imported = {name for module in modules for name in graph.find_modules_directly_imported_by(module)}
    packages = {name.partition(".")[0] for name in imported}
    assert packages - sys.stdlib_module_names <= {"app", "pydantic", "pydantic_core"}


def test_no_floor_imports_the_application_that_joins_them(graph: grimp.ImportGraph) -> None:
    joining = {"app", "app.application", "app.cli", "app.cli.main", "app.wsgi", "app.__main__"} & graph.modules
    importers = {importer for module in joining for importer in graph.find_modules_that_directly_import(module)}
    assert sorted(filter(floor_of, importers)) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert (ast.get_docstring(ast.parse(path.read_text())) or "").strip()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_too_long_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LINES_AT_MOST


def clock_readings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("floor", TOLD_THE_TIME)
def test_time_is_told_and_not_read(floor: str) -> None:
    """Importing `time` is forbidden by contract; this finds the clock behind `datetime`."""
    modules = {path: ast.parse(path.read_text()) for path in sorted((TOP / "app" / floor).rglob("*.py"))}
    assert [f"{name_of(path)}, {reading}" for path, tree in modules.items() for reading in clock_readings(tree)] == []


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = TOP / name
        if path.is_file():
            yield name, path.read_text(errors="replace")


def test_no_file_names_a_machine_or_a_registry() -> None:
    if not (TOP / ".git").exists():
        pytest.skip("only a checkout knows which files are its own")
    folders = "|".join(("root", "work", "tmp/c" + "f", r"home/\w+"))
    hosts = "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", "deb" + r"ian\.org"))
    telling = re.compile(rf"(?<![\w.}}>])/(?:{folders})/|{hosts}")
    found = [f"{name}: {match[0]}" for name, text in tracked_texts() for match in telling.finditer(text)]
    assert found == []
