"""``fit``: a strategy fitted to a study, and kept, so that whoever needs it later has it at once."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.options import chosen_recipe, open_to_write, recipe_options, with_study_option
from core.commands.progress import ProgressBars
from core.statistics import describe
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.sets import halves

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("fit", help="fit a strategy to a study, and keep what it has learned")
    command.add_argument("--study", type=Path, required=True, help="study to learn from")
    recipe_options(command)
    command.add_argument("--half", action="store_true", help="learn from half A alone, as the scoreboard does")
    with_study_option(command)
    command.set_defaults(run=run, ended="a fit is kept when it is done, repeat the command")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    strategy = chosen_recipe(options).make()
    study = open_to_write(options)
    if not strategy.learned:
        print(f"{strategy.title} learns nothing that takes long, so nothing is kept.")
        return
    with ProgressBars() as bars:
        if options.half:
            half = study.latents[halves(study.rows)]
            fit_strategy(study, describe(half), strategy, bars.show, part=half, train=True)
        else:
            fit_strategy(study, describe_study(study), strategy, bars.show, train=True)
    print(f"{options.study}: {strategy.label()} is fitted{' to half A' if options.half else ''} and kept")
    if note := strategy.note():
        print(note)
