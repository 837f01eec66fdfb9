"""The fields of the form, as they were posted or filled in: texts by name, and the lists among them."""

import re
from collections.abc import Iterator

from werkzeug.datastructures import MultiDict


class Values:
    """Texts by the name of their field. A field may have several."""

    def __init__(self, fields: MultiDict[str, str] | None = None) -> None:
        self.fields: MultiDict[str, str] = MultiDict(fields or {})

    def get(self, name: str, default: str = "") -> str:
        """Return the text of a field, or the default if the form does not have it."""
        return self.fields.get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def set(self, name: str, text: str) -> None:
        """Fill in a field. An empty text takes it out."""
        if text:
            self.fields.setlist(name, [text])
        else:
            self.fields.poplist(name)

    def all(self, name: str) -> list[str]:
        """Return every text of a field, in its order."""
        return self.fields.getlist(name)

    def set_all(self, name: str, texts: list[str]) -> None:
        """Fill in a field that has several texts."""
        if texts:
            self.fields.setlist(name, texts)
        else:
            self.fields.poplist(name)

    def indices(self, prefix: str) -> list[int]:
        """Return the indices of a list, in order: of `a[2][b]` and `a[0]` below `a` they are 0 and 2."""
        pattern = re.compile(re.escape(prefix) + r"\[(0|[1-9][0-9]{0,3})\]")
        return sorted({int(match[1]) for name in self.fields if (match := pattern.match(name))})

    def entries(self, prefix: str, rest: str = "") -> list[str]:
        """Return the texts of `prefix[…]rest` in the order of their indices, and those of `prefix[]rest`. Empty ones are left out."""
        texts = [text for index in self.indices(prefix) for text in self.all(f"{prefix}[{index}]{rest}")]
        return [text for text in [*texts, *self.all(f"{prefix}[]{rest}")] if text.strip()]

    def below(self, prefix: str) -> Iterator[tuple[str, list[str]]]:
        """Return the fields whose name begins with `prefix`, with the rest of the name."""
        for name, texts in self.fields.lists():
            if name.startswith(prefix):
                yield name[len(prefix) :], texts

    def drop(self, prefix: str) -> None:
        """Take out every field whose name begins with `prefix`."""
        for rest, _texts in list(self.below(prefix)):
            self.fields.poplist(prefix + rest)

    def move(self, before: str, after: str) -> None:
        """Give the fields below one prefix another prefix."""
        for rest, texts in list(self.below(before)):
            self.fields.poplist(before + rest)
            self.fields.setlist(after + rest, texts)
