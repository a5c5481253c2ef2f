"""``attributes``: the network that decoded images are scored with."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.configuration import add_fields, with_options
from core.commands.endings import TRAINING_ENDED
from core.commands.options import open_to_write, with_study_option
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.networks import ATTRIBUTE_TRAINING
from core.sources.images import open_images
from core.study.attributes import train_study_attributes
from core.study.kept import is_own

__all__ = ["add", "run"]

DECIDED = ("loss",)
"""Fields of the training that follow from what the network is for."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("attributes", help="train the attribute network that decoded images are scored with")
    command.add_argument("--study", type=Path, required=True, help="study to add it to")
    command.add_argument("--images", type=Path, required=True, help="folder or zip of the study's images")
    add_fields(command, ATTRIBUTE_TRAINING, DECIDED)
    command.add_argument("--replace", action="store_true", help="take the place of a network that is there")
    with_study_option(command)
    command.set_defaults(run=run, ended=TRAINING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    training = with_options(ATTRIBUTE_TRAINING, options, DECIDED)
    study = open_to_write(options)
    if not is_own(study):
        raise InputError(
            f"{study.folder} is shipped or cannot be written to, so no network is added to it; add --with-study if it "
            "is yours, or copy it."
        )
    source = open_images(options.images, study.require_images().crop)
    with ProgressBars() as bars:
        attributes = train_study_attributes(
            study, source, training, replace=options.replace, on_images=bars.show, on_progress=bars.show
        )
    print(f"mean accuracy, validation: {attributes.accuracies.mean():.4f}")
    print(f"always the more frequent label: {attributes.majority.mean():.4f}")
    print(f"{study.folder}: a network of {len(attributes.names)} attributes")
