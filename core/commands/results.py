"""``results``: scoreboards of studies as a text."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from core.commands.endings import WRITING_ENDED
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.scores.memorising import FILE as MEMORISING
from core.scores.memorising import read_memorising
from core.scores.results import results
from core.scores.rows import FILE, read_scores
from core.storage import output_file, whole_file
from core.study import open_study

__all__ = ["add", "run"]

BUNDLED = (Path("studies/celeba"), Path("studies/celeba-batchnorm"), Path("studies/celeba-vae"))
RESULTS, TEMPLATE = Path("docs/results.md"), Path("docs/results.template.md")
"""What ``results`` reads and writes, seen from the repository."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("results", help="write the scoreboards of studies as a text")
    command.add_argument("--study", type=Path, nargs="+", default=list(BUNDLED), help="studies (the bundled ones)")
    command.add_argument("--template", type=Path, default=TEMPLATE, help="text with places for numbers (%(default)s)")
    command.add_argument("--out", type=Path, metavar="FILE.md", default=RESULTS, help="file to write (%(default)s)")
    command.add_argument("--replace", action="store_true", help="take the place of a file that is there")
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    out = output_file(options.out, options.replace)
    tables: dict[str, pd.DataFrame] = {}
    titles: dict[str, str] = {}
    looks: dict[str, pd.DataFrame] = {}
    with ProgressBars() as bars:
        for folder in bars.follow(options.study, "reading scoreboards", "studies"):
            study = open_study(folder)
            if study.name in tables:
                raise InputError(f"Two studies are called {study.name}; choose one of them.")
            tables[study.name], titles[study.name] = read_scores(study.folder / FILE), study.title
            if (path := study.folder / MEMORISING).exists():
                looks[study.name] = read_memorising(path)
            if tables[study.name].empty:
                raise InputError(f"{folder} was not scored; score it with 'python -m core score --study {folder}'.")
    try:
        template = options.template.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The template {options.template} cannot be read ({error}); name another one.") from None
    text = results(template, tables, titles, looks)
    with whole_file(out) as partial:
        partial.write_text(text, encoding="utf-8")
    print(f"{options.out}: {len(tables)} studies")
