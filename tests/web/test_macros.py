"""Macros are imported with the context of the page only where they use it. Without it, Jinja loads their file once and not for each page.

A macro that is imported without context and uses a variable of the page would print nothing, and no error would say so.
"""

from pathlib import Path

import pytest
from jinja2 import meta, nodes

from app.resources import resource
from tests.web.conftest import WebShop

TEMPLATES = Path(str(resource("templates")))
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.fixture
def parsed(shop: WebShop) -> dict[str, nodes.Template]:
    """Every template, by name."""
    environment = shop.app.jinja_env
    return {name: environment.parse((TEMPLATES / name).read_text(encoding="utf-8")) for name in NAMES}


def variables_of(macro: nodes.Macro) -> set[str]:
    """Return what a macro reads from outside of it, except the globals: variables of the page, and other macros."""
    assert macro.environment is not None
    template = nodes.Template([macro])
    template.set_environment(macro.environment)
    return meta.find_undeclared_variables(template)


def with_page(template: nodes.Template) -> set[str]:
    """Return the macros of a file that use a variable of the page, by themselves or by a macro that they call."""
    macros = {macro.name: variables_of(macro) for macro in template.find_all(nodes.Macro)}
    without_page = {
        name if isinstance(name, str) else name[1]
        for one in template.find_all(nodes.FromImport)
        for name in one.names
        if not one.with_context
    }
    found = {name for name, used in macros.items() if used - macros.keys() - without_page}
    while more := {name for name, used in macros.items() if used & found} - found:
        found |= more
    return found


def test_macros_are_imported_with_context_where_they_use_the_page_and_only_there(
    parsed: dict[str, nodes.Template],
) -> None:
    use_page = {name: with_page(template) for name, template in parsed.items()}
    assert "csrf_field" in use_page["console/macros.html"]
    assert "action_button" in use_page["console/macros.html"], "it calls csrf_field"
    assert not use_page["macros.html"]
    wrong, seen = [], 0
    for name, template in parsed.items():
        for one in template.find_all(nodes.FromImport):
            assert isinstance(one.template, nodes.Const)
            seen += 1
            used = {it if isinstance(it, str) else it[0] for it in one.names} & use_page[one.template.value]
            if bool(used) != one.with_context:
                wrong.append(f"{name}:{one.lineno}: {sorted(used) or 'without a variable of the page'}")
    assert seen > 80
    assert not wrong, "\n".join(wrong)
