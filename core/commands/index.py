"""``index``: an index of a large study's vectors, through which the nearest of them are found at once."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.options import open_to_write, with_study_option
from core.commands.progress import ProgressBars
from core.statistics import EXACT
from core.study.describing import describe_study
from core.study.index import build_index, is_worth_an_index
from core.study.names import index_names

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("index", help="make an index of a large study, for its nearest vectors and its names")
    command.add_argument("--study", type=Path, required=True, help="study to index")
    with_study_option(command)
    command.set_defaults(run=run, ended="nothing half-written is left, repeat the command")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    study = open_to_write(options)
    if not is_worth_an_index(study):
        print(f"{study.folder}: {len(study):,} vectors are searched whole; only more than {EXACT:,} are indexed")
        return
    with ProgressBars() as bars:
        description = describe_study(study, bars.show)
        index_names(study, bars.show)
        index = build_index(study, description, bars.show)
    print(f"{study.folder}: {len(study):,} vectors indexed: {index.describe()}")
