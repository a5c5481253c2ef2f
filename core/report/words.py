"""Captions, notes and cards, which are written in a little Markdown, as HTML in which nothing else is markup."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from core.report.formulas import formula

__all__ = ["blocks", "inline"]

MARKS = re.compile(
    r"\$(?P<formula>[^$]+)\$|`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\*(?P<emphasis>[^*\s][^*]*)\*"
    r"|\[(?P<label>[^\]]+)\]\((?P<address>https://[^\s)]+)\)"
)
"""Formula, code, strong, emphasis and link."""

ITEM = re.compile(r"^- ", re.MULTILINE)


def inline(text: str) -> Markup:
    """Return a text of one paragraph; formulas, code, emphasis and links to ``https`` are all that it is read for."""
    done, end = Markup(""), 0
    for found in MARKS.finditer(text):
        done += escape(text[end : found.start()]) + _marked(found)
        end = found.end()
    return done + escape(text[end:])


def blocks(text: str) -> Markup:
    """Return paragraphs, and lines that begin with ``- `` as a list."""
    done = Markup("")
    for part in filter(None, map(str.strip, re.split(r"\n\s*\n", text))):
        if ITEM.match(part):
            items = Markup("").join(Markup("<li>{}</li>").format(inline(" ".join(i.split()))) for i in _items(part))
            done += Markup("<ul>{}</ul>").format(items)
        else:
            done += Markup("<p>{}</p>").format(inline(" ".join(part.split())))
    return done


def _items(part: str) -> list[str]:
    return [item for item in ITEM.split(part) if item.strip()]


def _marked(found: re.Match[str]) -> Markup:
    if tex := found["formula"]:
        return formula(tex)
    if address := found["address"]:
        return Markup('<a href="{}">{}</a>').format(address, inline(found["label"]))
    tag = {"code": "code", "strong": "strong", "emphasis": "em"}[str(found.lastgroup)]
    content = escape(found[0].strip("`")) if tag == "code" else inline(found[str(found.lastgroup)])
    return Markup(f"<{tag}>{{}}</{tag}>").format(content)  # noqa: S704 -- the tag is one of three
