"""A report as one HTML file: chapters, figures as data with the script that draws them, nothing from the network."""

from __future__ import annotations

import base64
import hashlib
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
import plotly.graph_objects as go
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from core import __version__
from core.exhibits.exhibit import Exhibit, Wall
from core.report.formulas import formula
from core.report.paper import TEMPLATE, WIDTH, on_paper, script_safe
from core.report.parts import Chapter, Section, Wish
from core.report.tabled import LOOKED_AT, PRINTED, tabled
from core.report.words import blocks, inline
from core.study import Study
from core.study.citing import citations

__all__ = ["Item", "html", "items_of"]

HERE = Path(__file__).parent

HALVES = ("matrix_", "wall_")
"""Beginnings of the keys of exhibits of which two stand side by side."""

WHOLE = 14
"""Rows of a table that is not parted between two pages."""

PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "plotly", "onnxruntime")
"""What the numbers were made with."""


@dataclass(frozen=True, eq=False)
class Item:
    """An exhibit in its place: ``name`` is one of its own in the whole report, and that of its files."""

    name: str
    chapter: str
    exhibit: Exhibit


def items_of(chapter: Chapter, section: Section) -> list[Item]:
    """Return the exhibits of a section with their names."""
    return [
        Item("_".join(filter(None, (chapter.key, section.key, exhibit.key))), chapter.key, exhibit)
        for exhibit in section.exhibits
    ]


def html(study: Study, found: Sequence[Chapter], wish: Wish, count: int, seed: int, command: str) -> str:
    """Return the report of a study; ``command`` makes it again."""
    figures: list[dict[str, Any]] = []
    filled = [_chapter(chapter, figures) for chapter in found]
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["digest"] = _digest
    return environment.get_template("report.html.jinja").render(
        title=f"{study.title}: a report on the study {study.name}",
        data=study.title,
        version=__version__,
        width=WIDTH,
        facts=_facts(study, count, seed),
        strategies=list(_strategies(wish)),
        chapters=filled,
        command=command,
        versions=_versions(),
        citations=citations(study),
        figures=Markup(script_safe({"template": TEMPLATE, "figures": figures})),  # noqa: S704
        scripts=_scripts(),
    )


def _facts(study: Study, count: int, seed: int) -> list[tuple[str, str]]:
    view = [("Vectors", "means alone, without their noise")] if study.means_alone else []
    return [
        ("Study", study.name),
        ("Data", f"{study.title}, {len(study):,} vectors of {study.dimension} components"),
        *view,
        ("Drawn", f"{count:,} vectors of each strategy, seed {seed}"),
        ("Fingerprint", study.fingerprint),
    ]


def _versions() -> list[tuple[str, str]]:
    return [("zpoints", __version__), ("Python", platform.python_version()), *((p, version(p)) for p in PACKAGES)]


def _strategies(wish: Wish) -> Iterator[dict[str, object]]:
    for recipe in (*wish.recipes, *([] if wish.against is None else [wish.against])):
        strategy = recipe.strategy
        label = f"{strategy.title} ({recipe.text})" if recipe.text else strategy.title
        yield {"label": label, "assumes": strategy.assumes, "post": strategy.post, "formula": formula(strategy.formula)}


@cache
def _scripts() -> tuple[Markup, ...]:
    """Return plotly.js and what draws with it; neither holds anything of a study."""
    texts = (get_plotlyjs(), (HERE / "report.js").read_text(encoding="utf-8"))
    return tuple(Markup(text.replace("</script", "<\\/script").strip()) for text in texts)  # noqa: S704


def _digest(script: str) -> str:
    """Return by which a browser knows a script that it may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _chapter(chapter: Chapter, figures: list[dict[str, Any]]) -> dict[str, object]:
    sections = [
        {
            "title": section.title,
            "words": blocks(section.words),
            "exhibits": [_item(item, figures) for item in items_of(chapter, section)],
        }
        for section in chapter.sections
    ]
    return {
        "key": chapter.key,
        "title": chapter.title,
        "words": blocks(chapter.words),
        "after": blocks(chapter.after),
        "sections": sections,
    }


def _item(item: Item, figures: list[dict[str, Any]]) -> dict[str, object]:
    exhibit = item.exhibit
    picture, drawing, height, image, columns, table = exhibit.picture, None, 0, "", 0, None
    if isinstance(picture, go.Figure):
        drawing = len(figures)
        figures.append(on_paper(picture))
        height = figures[-1]["layout"]["height"]
    elif isinstance(picture, Wall):
        kind = "png" if picture.image.startswith(b"\x89PNG") else "webp"
        image, columns = f"data:image/{kind};base64,{base64.b64encode(picture.image).decode()}", picture.columns
    else:
        table = tabled(picture, PRINTED)
    look = (
        "half" if exhibit.key.startswith(HALVES) else "long" if table is not None and len(table["rows"]) > WHOLE else ""
    )
    shown = [] if table is not None else list(exhibit.tables.items())
    return {
        "name": item.name,
        "look": look,
        "title": exhibit.title,
        "alt": exhibit.alt,
        "drawing": drawing,
        "height": height,
        "image": image,
        "columns": columns,
        "table": table,
        "caption": inline(f"{exhibit.plain} {exhibit.caption}".strip()),
        "tables": [{"title": title, **tabled(make(), LOOKED_AT)} for title, (_, make) in shown],
    }
