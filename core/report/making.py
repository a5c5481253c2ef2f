"""A report on paper: HTML, PDF where a browser prints it, and all figures and tables in one zip."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go

from core.exhibits.exhibit import Wall
from core.progress import Listener, Progress
from core.report.chapters import chapters
from core.report.document import Item, html, items_of
from core.report.drawing import browser, draw, print_pages
from core.report.lines import report_command
from core.report.paper import on_paper
from core.report.parts import Chapter, Wish
from core.report.views import Views
from core.storage import whole_file
from core.study import Study
from core.tables import to_csv

__all__ = ["Report", "make_report", "write_zip"]

TIME = (1980, 1, 1, 0, 0, 0)
"""Of all members: the same report has the same bytes."""


@dataclass(frozen=True, eq=False)
class Report:
    """A report that is made, not yet written."""

    chapters: tuple[Chapter, ...]
    html: str

    @property
    def items(self) -> Iterator[Item]:
        """All exhibits with their names."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield from items_of(chapter, section)


def make_report(study: Study, wish: Wish, count: int, seed: int, report: Listener) -> Report:
    """Return a report on a study.

    Parameters
    ----------
    study : Study
    wish : Wish
        Strategies and pages.
    count, seed : int
        Of each sample.
    report : callable
        Told how far it is.

    Raises
    ------
    InputError
        If a strategy has to be trained first, or a page has no such choice.
    """
    found = tuple(chapters(Views(study, count, seed, wish.selected), wish, report))
    return Report(found, html(study, found, wish, count, seed, report_command(study, wish, count, seed)))


def write_zip(made: Report, out: Path, report: Listener, pdf: bytes | None = None) -> str:
    """Write a report with its figures as SVG and PNG, its walls and its tables as CSV; return what could not be.

    Parameters
    ----------
    made : Report
    out : path
    report : callable
        Told how far it is.
    pdf : bytes, optional
        The report as PDF, where it is printed already.
    """
    items = list(made.items)
    figures = {
        f"figures/{item.chapter}/{item.name}": on_paper(item.exhibit.picture)
        for item in items
        if isinstance(item.exhibit.picture, go.Figure)
    }
    written = 0
    with whole_file(out) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "report.html", made.html.encode())
        if pdf := pdf or print_pages(made.html):
            _add(archive, "report.pdf", pdf)
        for name, content in draw(figures, report):
            _add(archive, name, content)
            written += name.endswith(".svg")
        for name, content in _others(items, report):
            _add(archive, name, content)
    if browser() is None:
        return "No Chromium was found, so figures are drawn in the HTML file alone, and there is no PDF."
    missing = [*(["the PDF"] if not pdf else ()), *([f"{len(figures) - written} figures"] * (written < len(figures)))]
    return f"Chromium could not draw {' and '.join(missing)}; the HTML file has all." if missing else ""


def _others(items: Sequence[Item], report: Listener) -> Iterator[tuple[str, bytes]]:
    """Yield walls and tables as files."""
    tables = set[str]()
    for done, item in enumerate(items):
        report(Progress("writing tables", done, len(items), "exhibits"))
        if isinstance(item.exhibit.picture, Wall):
            kind = "png" if item.exhibit.picture.image.startswith(b"\x89PNG") else "webp"
            yield f"figures/{item.chapter}/{item.name}.{kind}", item.exhibit.picture.image
        for stem, make in item.exhibit.tables.values():
            if (name := f"tables/{item.chapter}/{stem}.csv") not in tables:
                tables.add(name)
                yield name, to_csv(make())
    report(Progress("writing tables", len(items), len(items), "exhibits"))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, TIME)
    member.compress_type = zipfile.ZIP_STORED if name.endswith((".png", ".webp", ".pdf")) else zipfile.ZIP_DEFLATED
    member.external_attr = 0o100644 << 16
    archive.writestr(member, content)
