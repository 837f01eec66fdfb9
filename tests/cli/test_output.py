"""How commands print: JSON, tables without control characters, shell completion."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from app.cli.common import print_json, print_table
from app.cli.main import main
from app.resources import SOURCE_TREE
from tests.cli.commands import LINK, Run


def listing(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield every command that lists or shows something."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from listing(command, *names, name)
        elif name in {"list", "show", "settings"}:
            yield (*names, name)


@pytest.mark.costly_rows
@pytest.mark.parametrize("command", list(listing(main)), ids=" ".join)
def test_every_command_that_lists_or_shows_something_prints_json(
    run: Run, organization: str, command: tuple[str, ...]
) -> None:
    run("links", "create", input=json.dumps({**LINK, "counterfoil": {"slug": "wax"}}))
    run("keys", "create")
    run("users", "create", "ada@example.com", "--password-stdin", input="nine bees on thyme")
    event = run("events", "list").stdout.split()[0]
    named = {"links": ["wax"], "events": [event], "payments": ["att_none"]}
    arguments = named.get(command[0], []) if command[-1] == "show" else []
    result = run(*command, *arguments, "--json")
    if command == ("payments", "show"):
        assert "There is no payment att_none" in result.stderr
        return
    assert result.exit_code == 0, result.stderr
    printed = json.loads(result.stdout)
    assert printed or command[0] == "payments"
    assert organization
    assert "hash" not in result.stdout


def test_these_commands_list_or_show() -> None:
    assert {" ".join(command) for command in listing(main)} >= {
        *("links list", "links show", "payments list", "payments show", "organizations list", "organizations show"),
        *("keys list", "users list", "events list", "events show", "settings"),
    }


def test_an_organization_is_shown_by_the_names_that_an_update_takes(run: Run, organization: str) -> None:
    run("organizations", "update", organization, input='{"business_profile": {"url": "https://apiary.example/"}}')
    assert ["business_profile[url]", "https://apiary.example/"] in [
        line.split() for line in run("organizations", "show").stdout.splitlines()
    ]
    assert run("organizations", "list").stdout == f"{organization}  Hillside Apiary\n"


def test_columns_of_a_table_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([["a", "one", ""], ["bcd", "two", "three"]], indent=1)
    assert capsys.readouterr().out == " a    one\n bcd  two  three\n"


def test_no_value_moves_the_cursor_of_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b[2Jb\x9b2Jc\rd\ne\x07\u202ef"
    print_table([[hostile]])
    print_json({"x": hostile})
    table, _, printed = capsys.readouterr().out.partition("\n")
    assert table == "a [2Jb 2Jc d e  f"
    assert json.loads(printed) == {"x": hostile}
    assert not {"\x1b", "\x9b", "\r", "\x07"} & set(printed)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_the_command_answers(run: Run, shell: str) -> None:
    script = run("completion", shell).stdout
    assert f"_COUNTERFOIL_COMPLETE={shell}_complete" in script
    asked = {"COMP_WORDS": "counterfoil pay", "COMP_CWORD": "pay" if shell == "fish" else "1"}
    environment = {**os.environ, "_COUNTERFOIL_COMPLETE": f"{shell}_complete", **asked}
    command = [sys.executable, "-c", "from app.cli.main import main; main(prog_name='counterfoil')"]
    answered = subprocess.run(
        command, cwd=SOURCE_TREE, env=environment, check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert "payments" in answered
    assert "links" not in answered
