"""``encode``: a study of other images with the same weights."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.endings import WRITING_ENDED, say_what_was_written
from core.commands.options import image_options, open_labelled, scheduled, scheduler_option
from core.commands.progress import ProgressBars
from core.storage import output_folder
from core.study import open_study
from core.study.building import encode_study
from core.study.shelf import find_study

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("encode", help="write a study of other images with the same weights")
    command.add_argument("--study", type=Path, required=True, help="study whose weights are used")
    image_options(command)
    command.add_argument("--out", type=Path, required=True, help="folder to write")
    command.add_argument("--seed", type=int, default=0, help="of the choice under --limit (%(default)s)")
    scheduler_option(command)
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    folder = output_folder(options.out, options.replace)
    study = open_study(find_study(options.study))
    source, labels = open_labelled(options, study.require_images().crop)
    with ProgressBars() as bars, scheduled(options) as cluster:
        report = encode_study(
            study, source, labels, folder, replace=options.replace, on_images=bars.show, cluster=cluster
        )
    say_what_was_written(report)
