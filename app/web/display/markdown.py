"""The Markdown that merchants may write: bold, and links to https, mailto and tel. Everything else is shown as written.

All text is escaped. Tags are only written by this module and never copied from the text.
"""

import re
from typing import Final

from markupsafe import Markup, escape

from app.web.display.safe_urls import markdown_url

# The repetitions have limits, so that a text of 1200 characters is read once, from start to end.
_PART: Final = re.compile(r"\[([^\[\]\n]{1,500})\]\(([^()\s]{1,500})\)|\*\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*\*")
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n\s*")


def inline(text: str, *, new_tab: bool = False) -> Markup:
    """Render one paragraph."""
    parts: list[Markup] = []
    end = 0
    for match in _PART.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(_made(match, new_tab=new_tab))
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("<br>").join(Markup("").join(parts).split("\n"))


def paragraphs(text: str, *, new_tab: bool = False) -> Markup:
    """Render a message. Empty lines separate its paragraphs."""
    made = [inline(part, new_tab=new_tab) for part in _PARAGRAPHS.split(text.replace("\r\n", "\n").strip()) if part]
    return Markup("\n").join(Markup("<p>{}</p>").format(part) for part in made)


def plain(text: str) -> str:
    """Return a message without its markup, on one line, for previews."""
    return " ".join(_PART.sub(lambda match: match[1] or match[3], text).replace("**", "").split())


def _made(match: re.Match[str], *, new_tab: bool) -> Markup:
    label, address, bold = match.groups()
    if bold is not None:
        return Markup("<strong>{}</strong>").format(bold)
    url = markdown_url(address)
    if url is None:
        return escape(match.group())
    content = inline(label) if "**" in label else escape(label)
    tab = Markup(' target="_blank"') if new_tab else Markup("")
    return Markup('<a href="{}" rel="noopener"{}>{}</a>').format(url, tab, content)
