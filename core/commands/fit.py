"""``fit``: a strategy fitted to a study, and kept, so that whoever needs it later has it at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from core.commands.options import chosen_recipe, open_to_write, recipe_options, with_study_option
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.statistics import describe
from core.strategies import Recipe
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.sets import rows_of
from core.study.study_sets import study_sets

__all__ = ["add", "fit_of", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("fit", help="fit a strategy to a study, and keep what it has learned")
    command.add_argument("--study", type=Path, required=True, help="study to learn from")
    recipe_options(command)
    command.add_argument("--half", action="store_true", help="learn from half A less its tenth, as scoreboards do")
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
            description = describe(rows_of(study.latents, study_sets(study).fitted))
            fit_strategy(study, description, strategy, bars.show, half=True, train=True)
        else:
            fit_strategy(study, describe_study(study), strategy, bars.show, train=True)
    print(f"{options.study}: {strategy.label()} is fitted{' to half A' if options.half else ''} and kept")
    if note := strategy.note():
        print(note)


def fit_of(arguments: Sequence[str]) -> tuple[Recipe, bool] | None:
    """Return what a command line fits, and whether to half A alone; None where it is no such command."""
    try:
        parser: argparse.ArgumentParser = _Reader(add_help=False)
        add(parser.add_subparsers(required=True))
        options = parser.parse_args(list(arguments))
        return chosen_recipe(options), options.half
    except (InputError, SystemExit):  # the second, where it asks for help
        return None


class _Reader(argparse.ArgumentParser):
    """Reads a command line that is none of this program's."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message)
