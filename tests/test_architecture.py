"""The plan of the source tree: who imports whom, how large folders and files are, and that no file names a machine."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

from app.objects import metadata_keys
from app.objects.api_version import API_VERSION
from app.objects.limits import DEFAULT_MAXIMUM_QUANTITY, MAXIMUM_INTERVAL_COUNT

TOP = Path(__file__).parents[1]
MODULES = sorted((TOP / "app").rglob("*.py"))
FLOORS = ("errors", "objects", "languages", "pricing", "wire", "store", "gateway", "services", "web", "sandbox")
TOLD_THE_TIME = ("objects", "languages", "pricing", "wire", "services")
LINES_AT_MOST = 400
MODULES_AT_MOST = {"app": 10, "app/services": 6, "app/web": 6, "app/sandbox": 12}
"""How many modules may stand at the top of a folder. More belong into folders of their own."""

NOT_MIRRORED = {"api", "bench", "browser", "data", "faults", "support"}
"""Folders of tests that are about no single package of `app`."""


def floor_of(module: str) -> str | None:
    """Return `web` for `app.web.pay`, and None for a module outside the floors."""
    return next((floor for floor in FLOORS if f"{module}.".startswith(f"app.{floor}.")), None)


def name_of(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("app", include_external_packages=True, cache_dir=None)


def test_every_floor_and_room_imports_only_what_it_may() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_objects_import_nothing_but_pydantic_regex_and_the_standard_library(graph: grimp.ImportGraph) -> None:
    modules = {"app.errors", "app.objects", *graph.find_descendants("app.objects")}
    imported = {name for module in modules for name in graph.find_modules_directly_imported_by(module)}
    packages = {name.partition(".")[0] for name in imported}
    assert packages - sys.stdlib_module_names <= {"app", "pydantic", "pydantic_core", "regex"}


def test_no_floor_imports_the_application_that_joins_them(graph: grimp.ImportGraph) -> None:
    joining = {"app", "app.application", "app.cli", "app.cli.main", "app.wsgi", "app.__main__"} & graph.modules
    importers = {importer for module in joining for importer in graph.find_modules_that_directly_import(module)}
    assert sorted(filter(floor_of, importers)) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert (ast.get_docstring(ast.parse(path.read_text())) or "").strip()


def test_no_module_has_more_than_400_lines() -> None:
    paths = [*MODULES, *(TOP / "tests").rglob("*.py")]
    long = {name_of(path) for path in paths if len(path.read_text().splitlines()) > LINES_AT_MOST}
    assert sorted(long) == []


@pytest.mark.parametrize(("folder", "limit"), MODULES_AT_MOST.items(), ids=MODULES_AT_MOST)
def test_no_folder_is_a_heap(folder: str, limit: int) -> None:
    assert len(list((TOP / folder).glob("*.py"))) <= limit


@pytest.mark.parametrize(
    ("value", "home"),
    [
        (metadata_keys.ATTEMPT, "app/objects/metadata_keys.py"),
        (metadata_keys.PAYMENT_LINK, "app/objects/metadata_keys.py"),
        (API_VERSION, "app/objects/api_version.py"),
        (DEFAULT_MAXIMUM_QUANTITY, "app/objects/limits.py"),
        (MAXIMUM_INTERVAL_COUNT["day"], "app/objects/limits.py"),
    ],
    ids=str,
)
def test_a_rule_of_every_floor_is_written_once(value: str | int, home: str) -> None:
    assert [name_of(path) for path in MODULES for constant in constants(path) if constant == value] == [home]


@cache
def constants(path: Path) -> list[object]:
    """Return every constant of a module."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node.value for node in nodes if isinstance(node, ast.Constant)]


def test_tests_stand_in_the_folder_of_the_package_that_they_are_about() -> None:
    folders = {path.parent.relative_to(TOP / "tests") for path in (TOP / "tests").rglob("test_*.py")}
    strays = [
        folder.as_posix()
        for folder in folders
        if folder.parts and folder.parts[0] not in NOT_MIRRORED and not (TOP / "app" / folder).is_dir()
    ]
    assert strays == []


@cache
def trees(floor: str) -> dict[Path, ast.Module]:
    """Return the modules of a floor, parsed once for all tests."""
    return {path: ast.parse(path.read_text()) for path in sorted((TOP / "app" / floor).rglob("*.py"))}


def clock_readings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("floor", TOLD_THE_TIME)
def test_time_is_told_and_not_read(floor: str) -> None:
    """A contract forbids importing `time`. This test finds the clock behind `datetime`."""
    assert [
        f"{name_of(path)}, {reading}" for path, tree in trees(floor).items() for reading in clock_readings(tree)
    ] == []


def test_views_take_the_statuses_of_errors_from_the_table() -> None:
    """A readiness check answers 503 by its own protocol; `/openapi.json` only describes statuses."""
    statuses = {401, 403, 409, 410, 422, 502, 503}
    exempt = {"app/web/errors.py", "app/web/http/health.py"}
    found = [
        f"{name_of(path)}, line {node.lineno}: {node.value}"
        for path, tree in trees("web").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in statuses
        if name_of(path) not in exempt
    ]
    assert found == []


# In two parts each, so that this file does not contain them.
ARCHAIC_WORDS = ("who" + "ever", "what" + "soever", "a" + "new", "le" + "st", "me" + "nd(?:s|ed|ing|ers?)?")
ARCHAIC = re.compile(rf"\b(?:{'|'.join(ARCHAIC_WORDS)})\b", re.IGNORECASE)
RARE = re.compile(r"\b(?:nobody|somebody|meanwhile)\b", re.IGNORECASE)
RARE_AT_MOST = 15


def written(*places: str) -> dict[str, str]:
    """Return the English texts that we wrote in these folders and files, by path."""
    paths = [
        path for place in places for path in ((TOP / place).rglob("*") if (TOP / place).is_dir() else [TOP / place])
    ]
    kinds = {".css", ".html", ".js", ".json", ".md", ".po", ".py", ".sh", ".toml", ".txt", ".xml"}
    return {
        name_of(path): path.read_text(encoding="utf-8")
        for path in sorted(paths)
        if (path.suffix in kinds or path.name == "Makefile")
        and "htmx" not in path.name
        and "node_modules" not in path.parts
        and ((TOP / "app/locale") not in path.parents or "en" in path.parts)
    }


def test_no_text_has_an_archaic_word() -> None:
    texts = written(
        "app", "templates", "static", "data", "docs", "tests",
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "pyproject.toml",
    )  # fmt: skip
    assert len(texts) > 400
    assert [f"{name}: {match[0]}" for name, text in texts.items() for match in ARCHAIC.finditer(text)] == []


def test_vague_words_are_rare_in_the_code() -> None:
    found = [f"{name}: {match[0]}" for name, text in written("app").items() for match in RARE.finditer(text)]
    assert len(found) <= RARE_AT_MOST, found


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = TOP / name
        if path.is_file():
            yield name, path.read_text(errors="replace")


def test_no_file_names_a_machine_or_a_registry() -> None:
    if not (TOP / ".git").exists():
        pytest.skip("only a checkout knows which files belong to it")
    folders = "|".join(("root", "work", "tmp/c" + "f", r"home/\w+"))
    hosts = "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", "deb" + r"ian\.org"))
    # Two patterns, of which the first begins with a plain character: together they would be tried at every character of the checkout.
    telling = (re.compile(rf"/(?<![\w.}}>]/)(?:{folders})/"), re.compile(hosts))
    found = [
        f"{name}: {match[0]}"
        for name, text in tracked_texts()
        for pattern in telling
        for match in pattern.finditer(text)
    ]
    assert found == []


def store_calls(tree: ast.Module) -> Iterator[str]:
    """Find `context.store.link(...)` and `store.link(...)`; handing the store to a service is no call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if name.strip("_") == "store":
                yield f"line {node.lineno}: {ast.unparse(node.func)}"


def test_a_view_calls_services_and_never_the_store() -> None:
    assert [f"{name_of(path)}, {call}" for path, tree in trees("web").items() for call in store_calls(tree)] == []


def test_the_store_is_told_the_time() -> None:
    """The engines may wait and measure how long they waited; nothing in the store reads which moment it is."""
    readings = [
        f"{name_of(path)}, line {node.lineno}"
        for path, tree in trees("store").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("time.time", "time.time_ns", "datetime.now")
    ]
    assert readings == []
