"""Collects the texts of pages into the catalogues of every language: `make messages`, and `make language NEW=xx` for a new one.

Texts of the console are in `console.po`, all others in `buyer.po`. A text that both use is in `buyer.po` alone.
"""

import re
from argparse import ArgumentParser
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[1]
CATALOGUES: Final = ROOT / "app" / "locale"
BUYER: Final = "buyer"
CONSOLE: Final = "console"
DOMAINS: Final = (BUYER, CONSOLE)

CONSOLE_ROOMS: Final = ("app/web/console/", "templates/console/")
COMMENT_TAG: Final = "L10n:"
"""Starts a comment for translators, on the line before a text."""

PLURALS: Final = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"),
    "fil": (2, "n%10!=4 && n%10!=6 && n%10!=9 ? 0 : 1"),
    "he": (3, "n==1 ? 0 : n==2 ? 1 : 2"),
    "hu": (2, "n!=1"),
    "lv": (3, "n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 ? 1 : 2"),
    "mt": (5, "n==1 ? 0 : n==2 ? 1 : n==0 || (n%100>=3 && n%100<=10) ? 2 : n%100>=11 && n%100<=19 ? 3 : 4"),
    "tr": (2, "n!=1"),
}
"""The number of plural forms and their rule by CLDR, for languages where Babel's table gives one form to two categories."""

_CALL: Final = re.compile(rb"(?<!\w)(?:%s)\s*\(" % b"|".join(name.encode() for name in DEFAULT_KEYWORDS))


def extract_from_python(file: BinaryIO, *arguments: Any, **options: Any) -> Iterable[Any]:
    """Return the texts of a Python file. Most files have none, and to read their tokens would take longer than all the others."""
    found = _CALL.search(file.read())
    file.seek(0)
    return extract_python(file, *arguments, **options) if found else ()


_MAPPING: Final = [("app/**.py", f"{__name__}:extract_from_python"), ("templates/**.html", "jinja2")]
_OPTIONS: Final = {"templates/**.html": {"silent": "false"}}


def collect() -> dict[str, Catalog]:
    """Return the texts of the source by domain, each with its files and its comments for translators."""
    templates = {domain: Catalog() for domain in DOMAINS}
    found = extract_from_dir(
        ROOT, _MAPPING, _OPTIONS, DEFAULT_KEYWORDS, (COMMENT_TAG,), strip_comment_tags=True, directory_filter=_is_source
    )
    for name, line, text, comments, context in found:
        domain = CONSOLE if name.startswith(CONSOLE_ROOMS) else BUYER
        templates[domain].add(text, None, [(name, line)], auto_comments=comments, context=context)
    for shared in templates[BUYER]:
        if shared.id:
            templates[CONSOLE].delete(shared.id, shared.context)
    return templates


def _is_source(folder: str) -> bool:
    path = Path(folder)
    return path == ROOT or path.relative_to(ROOT).parts[0] in ("app", "templates")


def plural_rule(folder: str) -> tuple[int, str]:
    """Return the number of plural forms of a language and the expression that chooses one."""
    rule = get_plural(folder)
    return PLURALS.get(folder, (rule.num_plurals, rule.plural_expr))


def path_of(folder: str, domain: str) -> Path:
    """Return where a catalogue is. The folder has Babel's name of the locale: `pt_BR`, `zh_Hant_TW`."""
    return CATALOGUES / folder / "LC_MESSAGES" / f"{domain}.po"


def update(path: Path, template: Catalog) -> bytes:
    """Return a catalogue with the texts of today: new ones are empty, and texts that no page shows any more are left out."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parents[1].name, domain=path.stem)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return _write(catalogue)


def start(folder: str, template: Catalog) -> bytes:
    """Return the empty catalogue of a new language. Raises `UnknownLocaleError` and `ValueError` for a folder without a locale."""
    locale = Locale.parse(folder)
    name = locale.get_display_name("en")
    catalogue = Catalog(
        locale,
        header_comment=f"# {name} texts of Counterfoil.",
        project="Counterfoil",
        last_translator="Counterfoil contributors",
        language_team=name,
        fuzzy=False,
    )
    catalogue.revision_date = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    return _write(catalogue)


def _write(catalogue: Catalog) -> bytes:
    """Return the file of a catalogue, with the plural rule of its language."""
    count, rule = plural_rule(str(catalogue.locale))
    catalogue.mime_headers = [("Plural-Forms", f"nplurals={count}; plural={rule};")]
    file = BytesIO()
    write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def main() -> None:
    """Update every catalogue, after starting those of the languages that the command names."""
    parser = ArgumentParser(description="Collect the texts of pages into the catalogues of every language.")
    parser.add_argument("new", nargs="*", help="Babel's name of a new language: fi, pt_BR, zh_Hant_TW")
    parser.add_argument("--console", action="store_true", help="start the console's catalogue of the new language, too")
    arguments = parser.parse_args()
    templates = collect()
    for folder in arguments.new:
        for domain in DOMAINS if arguments.console else (BUYER,):
            path = path_of(folder, domain)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(start(folder, templates[domain]))
    for domain in DOMAINS:
        for path in sorted(CATALOGUES.glob(f"*/LC_MESSAGES/{domain}.po")):
            path.write_bytes(update(path, templates[domain]))


if __name__ == "__main__":
    main()
