"""Makes an environment for one client: a virtual environment with stripe-python, or a folder with stripe-node. It is kept between runs."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
INSTALL_SECONDS = 180


class NotToBeHad(Exception):
    """The client cannot be installed on this machine: it has no Node.js, or no package registry answers."""


@dataclass(frozen=True)
class Client:
    """One client. `old` clients send the coupon of a promotion code under its older name."""

    name: str
    version: str
    old: bool = True

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def command(self, cache: Path) -> list[str]:
        """Return the command that makes every call. Install the client first if it is missing. Raises `NotToBeHad`."""
        folder = cache / f"{self.name}-{self.version}"
        if self.name == "stripe-python":
            return [str(_python(folder, self.version)), "-I", str(HERE / "calls.py")]
        return _node(folder, self.version)


CLIENTS = (
    Client("stripe-python", "16.1.0", old=False),
    Client("stripe-python", "12.0.0"),
    Client("stripe-python", "8.11.0"),
    Client("stripe-python", "2.76.0"),
    Client("stripe-node", "23.1.0", old=False),
    Client("stripe-node", "14.25.0"),
)


def _python(folder: Path, version: str) -> Path:
    """Return the interpreter of a virtual environment with this version."""
    if not folder.exists():
        made = _unfinished(folder)
        venv.create(made, with_pip=False, symlinks=True)
        python = made / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet"]
        _install([*pip, "install", "--no-compile", f"stripe=={version}", "requests"], made)
        _install([str(python), "-I", "-c", "import stripe"], made)
        _keep(made, folder)
    return folder / "bin" / "python"


def node_with(folder: Path, package: str) -> str:
    """Return the path of Node.js, and install a package into the folder if it is missing. Raises `NotToBeHad`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotToBeHad("there is no Node.js here")
    if not folder.exists():
        made = _unfinished(folder)
        (made / "package.json").write_text('{"private": true, "type": "module"}')
        # Peers of @stripe/mcp are frameworks for agents, which nothing here needs.
        options = [
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--legacy-peer-deps",
            "--prefix",
            str(made),
        ]
        _install([npm, "install", *options, package], made)
        _keep(made, folder)
    return node


def _node(folder: Path, version: str) -> list[str]:
    """Return the command of a folder with this version."""
    node = node_with(folder, f"stripe@{version}")
    # Node.js looks for packages beside the file that imports them.
    calls = folder / "calls.mjs"
    shutil.copy(HERE / "calls.mjs", calls)
    return [node, str(calls)]


def _install(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotToBeHad(f"no answer within {INSTALL_SECONDS} seconds") from None
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise NotToBeHad(done.stderr.strip()[-200:])


def _unfinished(folder: Path) -> Path:
    """Return a temporary folder beside the final one, so that an interrupted installation does not look finished."""
    made = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    return made


def _keep(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:  # another run has finished first
        shutil.rmtree(made)
