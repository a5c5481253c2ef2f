"""``report``: all that the pages show of a study, in one HTML file, and its figures and tables in a zip."""

from __future__ import annotations

import argparse
from itertools import zip_longest
from pathlib import Path

from core.commands.endings import WRITING_ENDED
from core.commands.options import check_draw, opened, sample_options
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.progress import Progress
from core.report.drawing import browser, print_pages
from core.report.making import make_report, write_zip
from core.report.pages import PAGES, choices_of
from core.report.parts import Wish
from core.space.ladder import LADDER
from core.storage import output_file, whole_file
from core.strategies import Recipe
from core.study.describing import describe_study

__all__ = ["add", "run"]

MOST = 4096
"""Vectors of a sample: each is a point in the file."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    usual = " ".join(rung.recipe.key for rung in LADDER)
    command = commands.add_parser("report", help="write all that the pages show of a study into one HTML file")
    command.add_argument("--study", type=Path, required=True, help="folder of a study, or its name in the list")
    command.add_argument(
        "--strategies",
        nargs="+",
        metavar="KEY[,NAME=VALUE…]",
        help=f"strategies with parameters; those that are not given are as usual ({usual})",
    )
    command.add_argument("--against", metavar="KEY[,NAME=VALUE…]", help="what each of them is held against")
    command.add_argument("--pages", nargs="+", choices=list(PAGES), default=list(PAGES), help="(all)")
    command.add_argument(
        "--choose",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="choices of the pages, as in their addresses",
    )
    command.add_argument(
        "--select", nargs="+", default=[], metavar="RULE", help="what is selected, as in an address; up to four rules"
    )
    command.add_argument("--select-names", nargs="+", default=[], metavar="NAME", help="what these are called")
    sample_options(command)
    command.add_argument("--out", type=Path, metavar="FILE.html", help="report to write")
    command.add_argument("--pdf", type=Path, metavar="FILE.pdf", help="the same, printed by Chromium")
    command.add_argument(
        "--zip", type=Path, metavar="FILE.zip", help="the same with all figures as SVG and PNG and all tables as CSV"
    )
    command.add_argument("--replace", action="store_true", help="take the place of files that are there")
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    recipes = tuple(map(_recipe, options.strategies)) if options.strategies else tuple(r.recipe for r in LADDER)
    wish = Wish(
        tuple(dict.fromkeys(recipes)),
        tuple(dict.fromkeys(options.pages)),
        _recipe(options.against) if options.against else None,
        _choices(options.choose, options.pages),
        _selected(options.select, options.select_names),
    )
    check_draw(options)
    if options.count > MOST:
        raise InputError(f"A report draws up to {MOST:,} vectors of each strategy, not {options.count:,}.")
    wanted = (options.out, options.pdf, options.zip)
    if not any(wanted):
        raise InputError("Say what to write: --out FILE.html, --pdf FILE.pdf or --zip FILE.zip.")
    out, pdf, packed = (output_file(path, options.replace) if path else None for path in wanted)
    if pdf and browser() is None:
        raise InputError("A PDF is printed by Chromium, and none is installed (Debian: chromium-headless-shell).")
    study = opened(options)
    describe_study(study)
    with ProgressBars() as bars:
        made = make_report(study, wish, options.count, options.seed, bars.show)
        printed = None
        if out:
            with whole_file(out) as partial:
                partial.write_text(made.html, encoding="utf-8")
        if pdf:
            bars.show(Progress("printing", 0, 1, "files"))
            if (printed := print_pages(made.html)) is None:
                raise InputError(f"Chromium ({browser()}) could not print the report; its HTML file can be printed.")
            with whole_file(pdf) as partial:
                partial.write_bytes(printed)
        said = write_zip(made, packed, bars.show, printed) if packed else ""
    for path in filter(None, wanted):
        print(f"{path}: {path.stat().st_size / 1e6:,.1f} MB")
    if said:
        print(said)


def _recipe(word: str) -> Recipe:
    key, _, text = word.partition(",")
    return Recipe.parse(key, text)


def _selected(rules: list[str], names: list[str]) -> tuple[tuple[str, str], ...]:
    if len(names) > len(rules):
        raise InputError(f"--select-names has {len(names)} names for {len(rules)} rules of --select.")
    return tuple(zip_longest(rules, names, fillvalue=""))


def _choices(words: list[str], pages: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if wrong := next((name for name, equals, _ in pairs if not equals), None):
        known = sorted({name for page in pages for name in choices_of(page)})
        raise InputError(f"--choose takes name=value, not {wrong!r}; the names are {', '.join(known)}.")
    return {name: value for name, _, value in pairs}
