"""What can be wrong with a translated text, found without knowing its language. Each fault names the file and the line."""

import gettext
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.messages.catalog import Catalog, Message

from tests.support.languages import read_catalogue
from tools.messages import plural_rule

PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|%%")
MARKUP: Final = re.compile(r"</?[a-z]\w*[^>]*>|\*\*|`|\]\([^)]*\)|\w+\[\w+\]", re.ASCII)
WORD: Final = re.compile(r"[^\W\d_]+")
CODE: Final = re.compile(
    r"%\(\w+\)s|\S+@\S+|https?://\S+|\w+\[\w+\]|\b[A-Z]+_[A-Z_]+\b|\b[A-Z]{2}(?:,? [A-Z]{2})+\b"
    r"|\b[A-Z][a-z]+(?: [a-z]+)?: (?:read|write)\b"
)
"""What has no language: placeholders, addresses, names of parameters and settings, country codes, and Stripe's names of rights."""

NAMES: Final = frozenset(
    {
        "api",
        "checkout",
        "counterfoil",
        "csv",
        "jpeg",
        "png",
        "qr",
        "sandbox",
        "stripe",
        "utf",
        "webhook",
        "webhooks",
        "webp",
    }
)
NUMBERS: Final = range(1001)
"""Enough numbers to meet every form of every rule."""

STOPS: Final = {"。": ".", "।": ".", "\uff1a": ":", "\uff1f": "?", "؟": "?", "\u037e": "?", "\uff01": "!", "...": "…"}
"""Final punctuation of other scripts, and the English sign for it."""

WITHOUT_STOPS: Final = frozenset({"th"})
"""Languages whose sentences end without a full stop and without a question mark."""

ENGLISH: Final = frozenset({"en", "en_GB"})
SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC")
SIMPLIFIED: Final = frozenset("这们为发时间费订单价额试过还没请输页确认银转账户码号电邮递续")
TRADITIONAL: Final = frozenset("這們為發時間費訂單價額試過還沒請輸頁確認銀轉賬帳戶碼號電郵遞續")


def glossary(folder: Path) -> dict[str, Any]:
    """Return the glossary of a language, empty for English."""
    path = folder / "glossary.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def faults(path: Path) -> list[str]:
    """Return what is wrong with a catalogue."""
    catalogue, language = read_catalogue(path), path.parents[1].name
    same = frozenset(word for text in glossary(path.parents[1]).get("same", ()) for word in words_of(text))
    found = [f"{path}:1: {fault}" for fault in rule_faults(catalogue, language)]
    for message in catalogue:
        if message.id:
            found += [f"{path}:{message.lineno}: {fault}" for fault in message_faults(message, language, same)]
    return found


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without placeholders, addresses and names of parameters."""
    return WORD.findall(CODE.sub(" . ", text).casefold())


@cache
def rule_of(language: str) -> Callable[[int], int]:
    """Return the function that chooses the plural form for a number."""
    return gettext.c2py(plural_rule(language)[1])


@cache
def is_for_one_number(language: str, form: int) -> bool:
    """Whether a plural form is for a single number, so that its text may say the number in words."""
    return sum(rule_of(language)(number) == form for number in NUMBERS if number) == 1


def rule_faults(catalogue: Catalog, language: str) -> Iterator[str]:
    """Yield what is wrong with the plural rule: it is another one, or it gives one form to two of CLDR's categories."""
    if (catalogue.num_plurals, catalogue.plural_expr) != plural_rule(language):
        yield f"the plural rule is not {plural_rule(language)}"
    rule, locale = gettext.c2py(catalogue.plural_expr), Locale.parse(language)
    categories: dict[int, set[str]] = {}
    for number in NUMBERS:
        categories.setdefault(rule(number), set()).add(locale.plural_form(number))
    for form, names in categories.items():
        if len(names) > 1:
            yield f"plural form {form} is for {sorted(names)}"
    if set(categories) != set(range(catalogue.num_plurals)):
        yield f"the rule chooses forms {sorted(categories)} of {catalogue.num_plurals}"


def message_faults(message: Message, language: str, same: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with the translation of one text. `same` has the words that are equal in English by right."""
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    count = plural_rule(language)[0]
    if message.fuzzy:
        yield "fuzzy"
    if len(forms) != (count if len(ids) > 1 else 1):
        yield f"{len(forms)} plural forms, not {count}"
    for index, form in enumerate(forms):
        if not form:
            yield f"missing: {ids[0]}"
            continue
        source = ids[0] if len(ids) == 1 or (language in ENGLISH and index == 0) else ids[-1]
        alone = len(ids) > 1 and is_for_one_number(language, index)
        yield from _text_faults(source, form, language, may_omit_number=alone)
        if language not in ENGLISH:
            yield from _english_faults(ids, form, same)


def _text_faults(source: str, text: str, language: str, *, may_omit_number: bool) -> Iterator[str]:
    wanted, found = sorted(PLACEHOLDER.findall(source)), sorted(PLACEHOLDER.findall(text))
    if found != wanted and not (may_omit_number and found == [name for name in wanted if name != "%(num)s"]):
        yield f"placeholders {found}, not {wanted}: {text}"
    if sorted(MARKUP.findall(text)) != sorted(MARKUP.findall(source)):
        yield f"markup {MARKUP.findall(text)}, not {MARKUP.findall(source)}: {text}"
    if text != text.strip() or "  " in text:
        yield f"spaces at an end, or two together: {text!r}"
    if not _same_end(source, text, language):
        yield f"ends with {text[-1]!r}, but {source!r}"
    if unicodedata.normalize("NFC", text) != text:
        yield f"not in Unicode's composed form: {text}"
    for word in WORD.findall(PLACEHOLDER.sub(" ", text)):
        if len(scripts_of(word)) > 1:
            yield f"a word of two scripts: {word}"
    wrong = {"zh_Hans_CN": TRADITIONAL - SIMPLIFIED, "zh_Hant_HK": SIMPLIFIED, "zh_Hant_TW": SIMPLIFIED}
    if written := set(text) & wrong.get(language, frozenset()):
        yield f"characters of the other Chinese script {sorted(written)}: {text}"


@cache
def scripts_of(word: str) -> frozenset[str]:
    """Return which of the scripts with letters that look alike a word is written in."""
    names = [unicodedata.name(letter, "") for letter in word]
    return frozenset(script for script in SCRIPTS if any(name.startswith(script) for name in names))


def _same_end(source: str, text: str, language: str) -> bool:
    """Whether two texts end with the same kind of sign: a stop, a colon, a question mark, an ellipsis or a letter."""
    ends = [STOPS.get(end[-1], end[-1]) if end[-1] in ".:?!…" or end[-1] in STOPS else "" for end in (source, text)]
    if language == "el" and source.endswith("?"):
        return text[-1] in ";\u037e"
    return ends[0] == ends[1] or (language in WITHOUT_STOPS and ends[0] in ".?" and not ends[1])


def _english_faults(ids: tuple[str, ...], text: str, same: frozenset[str]) -> Iterator[str]:
    """Yield English that still stands: the whole text, or three English words in a row."""
    words, english = words_of(text), [words_of(id) for id in ids]
    if words in english:
        if any(len(word) > 2 and word not in same | NAMES for word in words):
            yield f"English: {text}"
        return
    runs = {tuple(line[at : at + 3]) for line in english for at in range(len(line) - 2)}
    for run in runs.intersection(zip(words, words[1:], words[2:], strict=False)):
        if not (same | NAMES).issuperset(run):
            yield f"English within: {' '.join(run)}"
