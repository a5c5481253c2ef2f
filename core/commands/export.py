"""``export``: a study as one file, to be passed on."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.endings import WRITING_ENDED
from core.commands.progress import ProgressBars
from core.study.archive import export_study
from core.study.shelf import find_study

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("export", help="write a study into one file, which import makes a study of again")
    command.add_argument("--study", required=True, help="folder of a study, or the name of one in the list of studies")
    command.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="file to write")
    command.add_argument("--replace", action="store_true", help="take the place of a file that is there")
    command.add_argument("--bare", action="store_true", help="leave out statistics, fits, scores, attribute network")
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    folder = find_study(options.study)
    with ProgressBars() as bars:
        export_study(folder, options.out, derived=not options.bare, replace=options.replace, report=bars.show)
    print(f"{options.out}: {folder.name}, {options.out.stat().st_size / 1e6:,.1f} MB")
