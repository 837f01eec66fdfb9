"""The README cannot fall behind: its tables of settings and addresses are held against the application."""

import re
from pathlib import Path

from app.config import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    section = README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_every_setting_stands_in_the_readme_with_its_default_and_meaning() -> None:
    said = {cells[0].strip("`"): (cells[1].strip("`"), cells[2]) for cells in rows("Settings")}
    assert said == {setting.name: (setting.default or "none", setting.help) for setting in SETTINGS}


def test_the_first_commands_are_demo_and_test() -> None:
    assert re.findall(r"^    (make \w+)", README, re.MULTILINE)[:2] == ["make demo", "make test"]


def test_every_command_of_make_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    documents = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for command in set(re.findall(r"(?:^    |`)make ([a-z]+)\b", documents, re.MULTILINE)):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command
