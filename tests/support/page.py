"""Reads an HTML page as a person does: fields by label, buttons by name, headings, links and messages. Standard library only."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from typing import Any, Final

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
"""The header with which a browser marks a request from a page of the same origin."""

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Element:
    """One element of a page. Equal elements share their attributes."""

    __slots__ = ("attributes", "children", "document", "end", "parent", "start", "tag")

    def __init__(
        self, tag: str, attributes: Mapping[str, str | None], parent: "Element | None", document: list["Element"]
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = []
        self.document = document
        """Every element of the page, in document order."""
        self.start = len(document)
        """The place of this element in the document."""
        self.end = self.start + 1
        """The place behind everything below this element."""
        document.append(self)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name] or ""

    def get(self, name: str) -> str | None:
        return (self.attributes[name] or "") if name in self.attributes else None

    def __iter__(self) -> Iterator["Element"]:
        """Return this element and everything below it, in document order."""
        return iter(self.document[self.start : self.end])

    def all(self, tag: str | None = None, **attributes: str) -> list["Element"]:
        """Return every element with this tag and these attributes, in document order. `class_` matches one class of several."""
        return [element for element in self if element._fits(tag, attributes)]

    def first(self, tag: str | None = None, **attributes: str) -> "Element":
        found = self.all(tag, **attributes)
        assert found, f"no <{tag}> with {attributes}"
        return found[0]

    @property
    def is_shown(self) -> bool:
        """Whether the element is visible and announced."""
        return "hidden" not in self.attributes and self.get("aria-hidden") != "true"

    @property
    def text(self) -> str:
        """The text of the element, with single spaces."""
        return " ".join("".join(self._words()).split(" ")).strip()

    def _words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield " ".join(child.replace("\n", " ").split(" "))
            elif child.tag not in {"script", "style"} and child.is_shown:
                yield from child._words()
                if child.tag in {"p", "div", "li", "dt", "dd", "h1", "h2", "option"}:
                    yield " "

    def _fits(self, tag: str | None, attributes: dict[str, str]) -> bool:
        if tag is not None and self.tag != tag:
            return False
        for name, value in attributes.items():
            if name == "class_":
                if value not in (self.get("class") or "").split():
                    return False
            elif self.get(name.replace("_", "-")) != value:
                return False
        return True


_TOKEN: Final = re.compile(
    r"(?P<text>[^<]*+)"
    r"(?:</(?P<end>[a-zA-Z][a-zA-Z0-9-]*)\s*>"
    r"|<(?P<start>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:[^\"'<>/]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*)(?P<closed>/?)>"
    r"|<!--.*?-->|<!(?i:doctype)[^>]*>|\Z)",
    re.DOTALL,
)
"""A text, which may be empty, and the tag, the comment or the end behind it."""

_ATTRIBUTE: Final = re.compile(r"""\s+([^\s"'<>/=]++)(?:\s*=\s*(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?""")
_RAW_TEXT: Final = {tag: re.compile(rf".*?(?=</{tag}\s*>)", re.IGNORECASE | re.DOTALL) for tag in ("script", "style")}
"""What these elements contain. It has neither elements nor character references."""


def read_html(html: str) -> Element:
    """Return the root of a page. Our templates are strict, so what is not well-formed is an error.

    It is several times faster than `html.parser`, which repairs what it reads. Thousands of tests read pages.
    """
    document: list[Element] = []
    root = current = Element("#document", {}, None, document)
    read_token = _TOKEN.match
    position, length = 0, len(html)
    while position < length:
        token = read_token(html, position)
        assert token is not None, f"not well-formed: {html[html.index('<', position) :][:80]!r}"
        position = token.end()
        text, end, start, attributes, closed = token.groups()
        if text:
            current.children.append(unescape(text) if "&" in text else text)
        if end:
            tag = end.lower()
            assert current.tag == tag, f"</{tag}> closes <{current.tag}>"
            assert current.parent is not None
            current.end = len(document)
            current = current.parent
        elif start:
            tag = start.lower()
            element = Element(tag, _attributes_of(tag, attributes), current, document)
            current.children.append(element)
            if closed:
                assert tag not in VOID, f"<{tag}/> has a superfluous slash"
            elif tag not in VOID:
                current = element
                raw = _RAW_TEXT[tag].match(html, position) if tag in _RAW_TEXT else None
                if raw is not None and raw[0]:
                    current.children.append(raw[0])
                    position = raw.end()
    assert current is root, f"<{current.tag}> is never closed"
    root.end = len(document)
    return root


@lru_cache(maxsize=20_000)  # pages have most of their tags in common
def _attributes_of(tag: str, text: str) -> Mapping[str, str | None]:
    found: dict[str, str | None] = {}
    position = 0
    text = text.rstrip()
    while position < len(text):
        attribute = _ATTRIBUTE.match(text, position)
        assert attribute is not None, f"<{tag}> has attributes that are not well-formed: {text[position:]!r}"
        name, double, single, bare = attribute.groups()
        name = name.lower()
        assert name not in found, f"<{tag}> repeats an attribute: {name}"
        value = double if double is not None else single if single is not None else bare
        found[name] = unescape(value) if value is not None and "&" in value else value
        position = attribute.end()
    return found


def tidy(text: str) -> str:
    """Return the text without line breaks and double spaces. No-break spaces stay."""
    return " ".join(part for part in text.replace("\n", " ").split(" ") if part)


class Page:
    """One answer as HTML."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status: int = response.status_code
        self.headers = response.headers
        self.html: str = response.get_data(as_text=True)
        self.root = read_html(self.html)

    @property
    def title(self) -> str:
        return tidy(self.root.first("title").text)

    @property
    def heading(self) -> str:
        """The one h1."""
        headings = self.root.all("h1")
        assert len(headings) == 1, f"{len(headings)} headings of the first level"
        return tidy(headings[0].text)

    @property
    def text(self) -> str:
        """The text of `<main>`."""
        return tidy(self.root.first("main").text)

    def by_id(self, id: str) -> Element:
        found = self.root.all(id=id)
        assert len(found) == 1, f"{len(found)} elements with id {id!r}"
        return found[0]

    def field(self, label: str) -> Element:
        """Return the control of a label, named by `for` or inside the label."""
        for element in self.root.all("label"):
            if label_text(element) == label or tidy(element.text) == label:
                target = element.get("for")
                if target is not None:
                    return self.by_id(target)
                return next(inner for inner in element if inner.tag in {"input", "select", "textarea"})
        labels = [tidy(element.text) for element in self.root.all("label")]
        raise AssertionError(f"no field {label!r}; there are {labels}")

    def has_field(self, label: str) -> bool:
        return any(label in {label_text(element), tidy(element.text)} for element in self.root.all("label"))

    def has_button(self, name: str) -> bool:
        return any(tidy(element.text) == name for element in self.root.all("button"))

    def has_link(self, name: str) -> bool:
        return any(tidy(element.text) == name for element in self.root.all("a"))

    def button(self, name: str) -> Element:
        found = [element for element in self.root.all("button") if tidy(element.text) == name]
        assert found, f"no button {name!r}; there are {[tidy(b.text) for b in self.root.all('button')]}"
        return found[-1]

    def link(self, name: str) -> Element:
        found = [element for element in self.root.all("a") if tidy(element.text) == name]
        assert found, f"no link {name!r}; there are {[tidy(a.text) for a in self.root.all('a')]}"
        return found[0]

    def errors(self) -> list[str]:
        """Return the messages of the error summary."""
        summaries = self.root.all("div", class_="error-summary")
        return [tidy(item.text) for summary in summaries for item in summary.all("li")]

    def error_at(self, label: str) -> str:
        """Return the error message of a field."""
        control = self.field(label)
        assert control.get("aria-invalid") == "true"
        messages = [self.by_id(id) for id in control["aria-describedby"].split()]
        found = [tidy(message.text).removeprefix("Error: ") for message in messages if message.all(class_="error")]
        assert found, f"no message at {label!r}"
        return found[0]

    def description(self, label: str) -> str:
        """Return the hint and the message of a field."""
        ids = (self.field(label).get("aria-describedby") or "").split()
        return " ".join(tidy(self.by_id(id).text) for id in ids)

    @property
    def notice(self) -> str:
        """The heading of the notice above the form, or an empty string."""
        notices = self.root.all("div", class_="notice")
        return tidy(notices[0].first("h2").text) if notices else ""

    def rows(self, class_: str = "totals") -> dict[str, str]:
        """Return the rows of a description list, without their hints. The total beside the button is a row of the totals."""
        found = {}
        for block in self.root.all("dl", class_=class_):
            for row in block.all("div"):
                term = row.first("dt")
                label = "".join(child for child in term.children if isinstance(child, str))
                found[tidy(label) or tidy(term.text)] = tidy(row.first("dd").text)
        if class_ == "totals":
            for total in self.root.all("p", class_="hand-off-total"):
                found[total.first(class_="label").text] = tidy(total.first(class_="sum").text)
        return found

    @property
    def form(self) -> Element:
        return self.root.first("form")

    def form_of(self, button: str) -> Element:
        """Return the form that contains a button."""
        element: Element | None = self.button(button)
        while element is not None and element.tag != "form":
            element = element.parent
        assert element is not None, f"the button {button!r} is in no form"
        return element

    def form_to(self, path: str) -> Element:
        """Return the form that is posted to an address."""
        forms = [form for form in self.root.all("form") if (form.get("method") or "").lower() == "post"]
        found = [form for form in forms if form.get("action") == path]
        assert found, f"no form leads to {path}; there are {[form.get('action') for form in forms]}"
        return found[0]

    def posted_forms(self, path: str) -> list[tuple[str, Element]]:
        """Return the forms that post to this server, each with its address. `path` is that of the page."""
        forms = [form for form in self.root.all("form") if (form.get("method") or "").lower() == "post"]
        return [(action, form) for form in forms if (action := form.get("action") or path).startswith("/")]

    def values(self, form: Element | None = None) -> dict[str, str]:
        """Return the fields that a browser sends for the unchanged form, without a button."""
        sent = {}
        for control in form or self.form:
            name = control.get("name")
            if name is None or control.tag not in {"input", "select", "textarea"}:
                continue
            if control.tag == "select":
                options = control.all("option")
                chosen = [option for option in options if option.get("selected") is not None] or options[:1]
                sent[name] = chosen[0]["value"]
            elif control.get("type") in {"checkbox", "radio"}:
                if control.get("checked") is not None:
                    value = control.get("value")
                    sent[name] = "on" if value is None else value
            elif control.tag == "textarea":
                # HTML leaves out a line end at the beginning.
                sent[name] = "".join(child for child in control.children if isinstance(child, str)).removeprefix("\n")
            else:
                sent[name] = control.get("value") or ""
        return sent

    def filled(self, **answers: str) -> dict[str, str]:
        """Return the same with answers by label, with underscores for spaces. `True` ticks a box, `False` clears it."""
        return self.fill({label.replace("_", " "): value for label, value in answers.items()})

    def fill(self, answers: dict[str, str | bool]) -> dict[str, str]:
        sent = self.values()
        for label, value in answers.items():
            control = self.field(label)
            name = control["name"]
            if value is True:
                sent[name] = control.get("value") or "on"
            elif value is False:
                sent.pop(name, None)
            else:
                sent[name] = value
        return sent


def label_text(element: Element) -> str:
    """Return the name of a label without "(optional)". The name of an optional item is the item's."""
    names = element.all("span", class_="line-item-name")
    return tidy((names[0] if names else element).text).removesuffix(" (optional)")
