"""The wheel works without the source tree: it is built, installed into a fresh environment, and sells something there."""

import re
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from app.resources import SOURCE_TREE
from tests.faults.processes import clean_environment, free_port, running, wait_until_it_listens
from tests.support.buyer import CHECKOUT

pytestmark = pytest.mark.external

DEPENDENCIES = Path(sysconfig.get_path("purelib"))
"""Where this Python has the dependencies: the fresh environment reads them there, so that no registry is asked."""

REFUSE_THE_SOURCE_TREE = f"""
import sys

def refuse_the_source_tree(event, arguments):
    if event in ("open", "os.listdir", "os.scandir"):
        path = str(arguments[0])
        if path.startswith({f"{SOURCE_TREE}/"!r}) and not path.startswith({str(DEPENDENCIES)!r}):
            raise PermissionError("the installed package opened " + path)

sys.addaudithook(refuse_the_source_tree)
"""
"""A module that Python loads at its start: it keeps the installed package from reading the source tree that it was built from."""


def build(source: Path, folder: Path) -> Path:
    """Build the wheel of a source tree or archive, without a registry, and return its path."""
    command = ["pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([sys.executable, "-m", *command, str(folder), str(source)], check=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source tree."""
    assert SOURCE_TREE is not None
    return build(SOURCE_TREE, tmp_path_factory.mktemp("wheel"))


@dataclass(frozen=True)
class Installed:
    """A fresh environment with the wheel in it, and an empty folder to work in."""

    packages: Path
    command: Path
    folder: Path

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `counterfoil` in the empty folder."""
        return subprocess.run(
            [self.command, *arguments], cwd=self.folder, env=self.environment(**settings),
            check=False, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    @staticmethod
    def environment(**settings: str) -> dict[str, str]:
        """Return this process's environment without a setting of Counterfoil, and without a way to the source tree."""
        left_out = ("PYTHONPATH", "DATA_DIR")
        return {name: value for name, value in clean_environment().items() if name not in left_out} | settings


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Installed:
    """Install the wheel into a fresh environment."""
    environment, folder = tmp_path / "environment", tmp_path / "empty"
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True, timeout=60)
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=60)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{DEPENDENCIES}\n")
    (packages / "sitecustomize.py").write_text(REFUSE_THE_SOURCE_TREE)
    return Installed(packages, environment / "bin" / "counterfoil", folder)


def files(folder: Path) -> set[str]:
    """Return every file below a folder, but for what Python compiles."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def names(wheel: Path) -> set[str]:
    """Return the names of a wheel's files."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_a_wheel_carries_every_file_that_the_application_reads(wheel: Path) -> None:
    assert SOURCE_TREE is not None
    beside = {f"app/{folder}/{name}" for folder in ("templates", "static") for name in files(SOURCE_TREE / folder)}
    code = {f"app/{name}" for name in files(SOURCE_TREE / "app") if not name.endswith((".mo", ".po", "/glossary.toml"))}
    catalogues = {
        str(path.relative_to(SOURCE_TREE).with_suffix(".mo")) for path in SOURCE_TREE.glob("app/locale/**/*.po")
    }
    assert len(catalogues) >= 1
    carried = {name for name in names(wheel) if ".dist-info/" not in name}
    assert carried == code | beside | catalogues | {"app/data/demo.json"}


def test_a_source_archive_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(hatchling, cwd=SOURCE_TREE, check=True, timeout=120, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    assert names(build(archive, tmp_path)) == names(wheel)


def test_the_installed_demo_sells_something_and_writes_only_to_its_folder(installed: Installed) -> None:
    before = files(installed.packages)
    port = free_port()
    demo = [str(installed.command), "demo", "--port", str(port)]
    environment = installed.environment()
    with running("demo", demo, environment, folder=installed.folder, stdout=subprocess.PIPE) as process:
        wait_until_it_listens(port, process)
        for page in ("/console/login", "/embed.js", "/static/css/counterfoil.css", "/sandbox/invoice"):
            assert requests.get(f"http://127.0.0.1:{port}{page}", timeout=30).status_code == 200
        listed = installed.run("links", "list").stdout
        (address,) = re.findall(r"http://\S+/pay/wick-trimmer", listed)
        assert "Paid" in pay(address)
    assert files(installed.packages) == before
    assert (installed.folder / "data").stat().st_mode & 0o777 == 0o700
    kept = {path.name: path.stat().st_mode & 0o777 for path in (installed.folder / "data").iterdir()}
    assert {"counterfoil.db", "secret_key.secret", "webhook_secret.secret"} <= kept.keys()
    assert set(kept.values()) == {0o600}
    assert [path.name for path in installed.folder.iterdir()] == ["data"]


def pay(address: str) -> str:
    """Pay the link at this address, and return the page that confirms it."""
    buyer = requests.Session()
    token = re.search(r'name="csrf_token" value="([^"]+)"', buyer.get(address, timeout=30).text)
    assert token is not None
    opened = buyer.post(address, data={"csrf_token": token[1]}, timeout=30, allow_redirects=False)
    assert opened.status_code == 303
    return buyer.post(opened.headers["Location"], data=CHECKOUT, timeout=30).text


def test_the_installed_package_keeps_no_state_in_itself(installed: Installed) -> None:
    inside = installed.packages / "app" / "data"
    before = files(installed.packages)
    refused = installed.run("init", DATA_DIR=str(inside))
    assert refused.returncode == 1
    assert "DATA_DIR must not be inside the installed package" in refused.stderr
    assert files(installed.packages) == before
    assert installed.run("init", DATA_DIR="shop").returncode == 0
    assert (installed.folder / "shop" / "counterfoil.db").is_file()


def test_the_command_and_the_module_are_the_same(installed: Installed) -> None:
    python = installed.command.with_name("python")
    asked = {
        "cwd": installed.folder,
        "env": installed.environment(),
        "check": True,
        "capture_output": True,
        "text": True,
    }
    module, command = (
        subprocess.run([*start, "--version"], timeout=60, **asked).stdout  # type: ignore[call-overload]
        for start in ([str(python), "-m", "app"], [str(installed.command)])
    )
    assert module == command
