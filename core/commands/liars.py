"""``liars``: whether the judges of a study catch samples that are made to flatter them."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.endings import WRITING_ENDED
from core.commands.options import open_to_write, with_study_option
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.scores.board import COUNT, Scorer
from core.scores.liar_table import FILE, REAL, liar_table, most_vectors, write_liars
from core.storage import output_file
from core.study.attributes import load_attributes
from core.study.kept import table_to_write

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("liars", help="test the judges of a scoreboard with samples that flatter them")
    command.add_argument("--study", type=Path, required=True, help="study whose judges are tested")
    command.add_argument(
        "--count", type=int, help=f"vectors of a sample ({COUNT}, and half of the unseen ones at most)"
    )
    command.add_argument("--seed", type=int, default=0, help="(%(default)s)")
    command.add_argument("--out", type=Path, metavar="FILE.csv", help="table to write (beside the study's scoreboard)")
    with_study_option(command)
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    if options.seed < 0:
        raise InputError(f"seed must be a whole number from 0, not {options.seed}.")
    if options.out:
        output_file(options.out, replace=True, owned=FILE)
    study = open_to_write(options)
    path = output_file(options.out or table_to_write(study, FILE), replace=True, owned=FILE)
    scorer = Scorer(study, load_attributes(study), options.count or COUNT)
    count = min(COUNT, most_vectors(scorer)) if options.count is None else options.count
    with ProgressBars() as bars:
        table = liar_table(scorer, count, options.seed, bars.show)
    write_liars(path, table)
    for line in table.to_dict("records"):
        samples, found, judges = int(line["samples"]), int(line["caught"]), line["judges"]
        said = f"{samples - found} of {samples} pass" if line["liar"] == REAL else f"{found} of {samples} caught"
        print(f"{line['title']}: {said}{f' by {judges}' if judges else ''}")
    print(f"{path}: {len(table)} rows")
