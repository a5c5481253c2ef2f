"""``train``: an autoencoder trained on images, and the study of them."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from core.commands.configuration import add_fields, with_options
from core.commands.endings import TRAINING_ENDED, say_what_was_written
from core.commands.options import image_options, open_labelled
from core.commands.progress import ProgressBars
from core.networks import AutoencoderConfig, TrainingConfig, VariationalConfig
from core.sources.preview import is_grey
from core.storage import output_folder
from core.study.building import train_study

__all__ = ["add", "run"]

DECIDED = ("channels",)
"""Fields of the autoencoder that the images decide."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("train", help="train an autoencoder on images and write a study")
    image_options(command)
    command.add_argument("--study", type=Path, required=True, help="folder to write")
    command.add_argument("--title", help="what the images are, as a reader calls them (that of a known data set)")
    command.add_argument("--variational", action="store_true", help="train a variational autoencoder")
    add_fields(command, VariationalConfig(), DECIDED)
    add_fields(command, TrainingConfig())
    command.set_defaults(run=run, ended=TRAINING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    config = with_options(VariationalConfig() if options.variational else AutoencoderConfig(), options, DECIDED)
    training = with_options(TrainingConfig(), options)
    folder = output_folder(options.study, options.replace)
    source, labels = open_labelled(options)
    config = replace(config, channels=1 if is_grey(source) else 3)
    with ProgressBars() as bars:
        report = train_study(
            source,
            labels,
            config,
            training,
            folder,
            title=options.title,
            replace=options.replace,
            on_images=bars.show,
            on_progress=bars.show,
        )
    say_what_was_written(report)
