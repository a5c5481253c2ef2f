"""``memorising``: when a diffusion model begins to copy, by the number of vectors that it learns from."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.options import open_to_write, with_study_option
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.scores.memorising import FILE, SIZES, begins_to_copy, look_at_memorising
from core.storage import output_file
from core.strategies import Diffusion
from core.study.kept import table_to_write

__all__ = ["add", "run"]

MOST_STEPS = 1_000_000


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("memorising", help="see after how many steps a diffusion model begins to copy")
    command.add_argument("--study", type=Path, required=True, help="study whose half A is learned from")
    command.add_argument(
        "--vectors",
        type=int,
        nargs="*",
        default=list(SIZES),
        metavar="N",
        help=f"numbers of vectors to learn from ({' '.join(map(str, SIZES))}), besides all, or as many as 1/300 of a "
        "training takes",
    )
    command.add_argument("--steps", type=int, default=Diffusion.STEPS, help="of each training (%(default)s)")
    command.add_argument("--out", type=Path, metavar="FILE.csv", help="table to write (beside the study's scoreboard)")
    with_study_option(command)
    command.set_defaults(run=run, ended="what was found up to here is kept, repeat the command to go on")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    if not 1 <= options.steps <= MOST_STEPS:
        raise InputError(f"A training has from 1 to {MOST_STEPS:,} steps, not {options.steps:,}.")
    if options.out:
        output_file(options.out, replace=True, owned=FILE)
    study = open_to_write(options)
    path = output_file(options.out or table_to_write(study, FILE), replace=True, owned=FILE)
    with ProgressBars() as bars:
        table = look_at_memorising(study, path, options.vectors, options.steps, bars.show)
    for size, part in table.groupby("vectors"):
        best, copies = part.iloc[int(part["held_out"].argmin())], begins_to_copy(part)
        said = f"copies from step {copies:,} on" if copies else f"no copies in {part['steps'].max():,} steps"
        print(f"{size:,} vectors: held-out loss smallest, {best['held_out']:.3f}, at step {best['steps']:,.0f}; {said}")
    print(f"{path}: {len(table)} rows")
