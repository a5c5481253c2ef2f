"""``attributes``: the network that decoded images are scored with."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from core.commands.progress import ProgressBars
from core.networks import ATTRIBUTE_TRAINING
from core.sources.images import open_images
from core.study import open_study
from core.study.attributes import train_study_attributes

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("attributes", help="train the attribute network that decoded images are scored with")
    command.add_argument("--study", type=Path, required=True, help="study to add it to")
    command.add_argument("--images", type=Path, required=True, help="folder or zip of the study's images")
    training = ATTRIBUTE_TRAINING
    command.add_argument("--epochs", type=int, default=training.epochs, help="(%(default)s)")
    command.add_argument("--batch-size", type=int, default=training.batch_size, help="(%(default)s)")
    command.add_argument("--precision", default=training.precision, help="float32 or bfloat16 (%(default)s)")
    command.add_argument("--seed", type=int, default=training.seed, help="(%(default)s)")
    command.add_argument("--replace", action="store_true", help="take the place of a network that is there")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    training = replace(
        ATTRIBUTE_TRAINING,
        epochs=options.epochs,
        batch_size=options.batch_size,
        precision=options.precision,
        seed=options.seed,
    )
    study = open_study(options.study)
    source = open_images(options.images, study.source.crop)
    with ProgressBars() as bars:
        attributes = train_study_attributes(
            study, source, training, replace=options.replace, on_images=bars.show, on_progress=bars.show
        )
    print(f"mean accuracy, validation: {attributes.accuracies.mean():.4f}")
    print(f"always the more frequent label: {attributes.majority.mean():.4f}")
    print(f"{study.folder}: a network of {len(attributes.names)} attributes")
