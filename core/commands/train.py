"""``train``: an autoencoder trained on images, and the study of them."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.options import image_options, open_labelled, say_what_was_written
from core.commands.progress import ProgressBars
from core.networks import AutoencoderConfig, TrainingConfig
from core.study.building import train_study

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("train", help="train an autoencoder on face images and write a study")
    image_options(command)
    command.add_argument("--study", type=Path, required=True, help="folder to write")
    model, training = AutoencoderConfig(), TrainingConfig()
    command.add_argument("--image-size", type=int, default=model.image_size, help="side in pixels (%(default)s)")
    command.add_argument("--latent-size", type=int, default=model.latent_size, help="dimension N (%(default)s)")
    command.add_argument(
        "--filters", type=int, nargs="+", default=list(model.filters), help="filters per convolution (%(default)s)"
    )
    command.add_argument("--kernel-size", type=int, default=model.kernel_size, help="in pixels (%(default)s)")
    command.add_argument("--activation", default=model.activation, help="(%(default)s)")
    command.add_argument("--batch-normalisation", action="store_true", help="normalise after each convolution")
    command.add_argument("--epochs", type=int, default=training.epochs, help="(%(default)s)")
    command.add_argument("--batch-size", type=int, default=training.batch_size, help="(%(default)s)")
    command.add_argument("--learning-rate", type=float, default=training.learning_rate, help="peak (%(default)s)")
    command.add_argument("--loss", default=training.loss, help="(%(default)s)")
    command.add_argument("--no-flip", action="store_true", help="do not mirror images at random")
    command.add_argument("--precision", default=training.precision, help="float32 or bfloat16 (%(default)s)")
    command.add_argument("--seed", type=int, default=training.seed, help="(%(default)s)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    config = AutoencoderConfig(
        image_size=options.image_size,
        latent_size=options.latent_size,
        filters=tuple(options.filters),
        kernel_size=options.kernel_size,
        activation=options.activation,
        batch_normalisation=options.batch_normalisation,
    )
    training = TrainingConfig(
        epochs=options.epochs,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        loss=options.loss,
        flip=not options.no_flip,
        precision=options.precision,
        seed=options.seed,
    )
    source, labels = open_labelled(options)
    with ProgressBars() as bars:
        report = train_study(
            source,
            labels,
            config,
            training,
            options.study,
            replace=options.replace,
            on_images=bars.show,
            on_progress=bars.show,
        )
    say_what_was_written(report)
