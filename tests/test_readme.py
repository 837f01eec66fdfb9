"""The README cannot fall behind: its tables of settings and addresses are held against the application."""

import inspect
import re
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from app import create_app
from app.config import SETTINGS, read_config

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

EVERY_METHOD: Final = frozenset({"DELETE", "GET", "PATCH", "POST", "PUT"})
NOT_FOR_READERS: Final = {
    "static": "files of pages, whose addresses change with their content",
    "assets.brand": "a merchant's colours, for our own pages",
    "pay.preview_again": "leads back to the page whoever kept the address of a preview",
    "console.unknown": "says within the console that there is no such page",
    "bigcapital.not_this_way": "says that only POST is taken",
    "sample_invoice.sample_invoice": "a page of the demo, which prints its address",
}
"""Routes that the README leaves out, and why."""


def rows(title: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    section = README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_every_setting_stands_in_the_readme_with_its_default_and_meaning() -> None:
    said = {cells[0].strip("`"): (cells[1].strip("`"), cells[2]) for cells in rows("Settings")}
    assert said == {setting.name: (setting.default or "none", setting.help) for setting in SETTINGS}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The application with everything that can be installed along."""
    return create_app(read_config({"DATABASE_URL": f"sqlite:///{tmp_path}/counterfoil.db"}, data=tmp_path))


def plain(path: str) -> str:
    """A path without the names of its parts: `/pay/<code>` and `/pay/<slug>` are the same place."""
    return re.sub(r"<[^>]*>", "<>", path).rstrip("/")


def said_routes() -> set[tuple[str, str]]:
    """Every method and path of the README; a path without a method stands for all of them."""
    said = set()
    for address, _meaning in rows("Addresses"):
        method, path = re.fullmatch(r"`(?:([A-Z]+) )?(/.*)`", address).groups()  # type: ignore[union-attr]
        said |= {(one, plain(path)) for one in ([method] if method else EVERY_METHOD)}
    return said


def test_every_route_stands_in_the_readme_and_every_address_there_is_a_route(app: Flask) -> None:
    there = {
        (method, plain(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & EVERY_METHOD
        if rule.endpoint not in NOT_FOR_READERS and rule.rule != "/v1/"
    }
    assert there - said_routes() == set()
    assert said_routes() - there == set()


def test_routes_that_the_readme_leaves_out_are_there(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= NOT_FOR_READERS.keys()


def test_what_an_address_takes_by_query_is_what_its_view_reads(app: Flask) -> None:
    view = inspect.getsource(app.view_functions["assets.qr"])
    row = next(meaning for address, meaning in rows("Addresses") if "qr.svg" in address)
    named = re.findall(r"`(\w+)`", row)
    assert named
    assert all(f'"{name}"' in view for name in named)


def test_the_first_commands_are_demo_and_test() -> None:
    assert re.findall(r"^    (make \w+)", README, re.MULTILINE)[:2] == ["make demo", "make test"]


def test_every_command_of_make_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    documents = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for command in set(re.findall(r"(?:^    |`)make ([a-z]+)\b", documents, re.MULTILINE)):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command
