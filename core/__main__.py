"""The command line: ``python -m core train | encode``.

Every command prints progress, exits with 0 on success and with 2 and one clear line on bad input, and leaves nothing
half-written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from core import __version__
from core.autoencoder import AutoencoderConfig, Progress, TrainingConfig
from core.building import Report, choose_images, encode_study, train_study
from core.celeba import ImageSource, open_images
from core.errors import InputError
from core.labels import Labels, find_lists, join_labels, read_attributes, read_partitions
from core.study import open_study


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except InputError as error:
        print(f"zpoints: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("zpoints: interrupted; the same command goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Train autoencoders, encode faces, sample latent space, write statistics."
    )
    parser.add_argument("--version", action="version", version=f"zpoints {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("train", help="train an autoencoder on face images and write a study")
    _image_options(command)
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
    command.set_defaults(run=_train)

    command = commands.add_parser("encode", help="write a study of other images with the same weights")
    command.add_argument("--study", type=Path, required=True, help="study whose weights are used")
    _image_options(command)
    command.add_argument("--out", type=Path, required=True, help="folder to write")
    command.add_argument("--seed", type=int, default=0, help="of the choice under --limit (%(default)s)")
    command.set_defaults(run=_encode)
    return parser


def _image_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--images", type=Path, required=True, help="folder or zip of face images")
    command.add_argument("--attributes", type=Path, help="attribute list (found beside CelebA's images)")
    command.add_argument("--partitions", type=Path, help="partition list (found beside CelebA's images)")
    command.add_argument("--crop", type=int, help="side of the central square in pixels, 0 the largest (CelebA: 148)")
    command.add_argument("--limit", type=int, help="use this many images, chosen at random")
    command.add_argument("--replace", action="store_true", help="take the place of a study that is there")


def _train(options: argparse.Namespace) -> None:
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
    source, labels = _open(options)
    with _Bars() as bars:
        report = train_study(
            source,
            labels,
            config,
            training,
            options.study,
            replace=options.replace,
            on_images=bars.images,
            on_progress=bars.training,
        )
    _say(report)


def _encode(options: argparse.Namespace) -> None:
    study = open_study(options.study)
    source, labels = _open(options)
    with _Bars() as bars:
        report = encode_study(study, source, labels, options.out, replace=options.replace, on_images=bars.images)
    _say(report)


def _open(options: argparse.Namespace) -> tuple[ImageSource, Labels]:
    source = open_images(options.images, options.crop)
    attributes, partitions = find_lists(source.path)
    attributes, partitions = options.attributes or attributes, options.partitions or partitions
    labels = join_labels(
        choose_images(source, options.limit, options.seed),
        read_attributes(attributes) if attributes else None,
        read_partitions(partitions) if partitions else None,
    )
    print(f"{source.path}: {len(labels.rows):,} images, crop {source.crop or 'largest square'}")
    for path in filter(None, (attributes, partitions)):
        print(f"{path}: joined by file name")
    if labels.images_without_row:
        print(f"{labels.images_without_row:,} images have no row in the list")
    if labels.rows_without_image:
        print(f"{labels.rows_without_image:,} rows of the list have no image here")
    return source, labels


def _say(report: Report) -> None:
    for skipped in report.skipped[:20]:
        print(f"skipped {skipped.name}: {skipped.reason}")
    if len(report.skipped) > 20:
        print(f"… and {len(report.skipped) - 20:,} more")
    errors = report.study.rows.groupby("partition")["reconstruction_error"].mean()
    for partition, error in errors.items():
        print(f"mean squared error, {partition or 'no partition'}: {error:.5f}")
    print(f"{report.study.folder}: {len(report.study):,} vectors of {report.study.dimension} components")


class _Bars:
    """Progress bars for the callbacks of the work, one at a time."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None
        self._title = ""

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def images(self, title: str, done: int, total: int) -> None:
        """Show how many images are done."""
        self._open(title, total, "images").update(done - self._shown.n)

    def training(self, progress: Progress) -> None:
        """Show a step of the training; leave one line per epoch behind."""
        bar = self._open(f"epoch {progress.epoch}/{progress.epochs}", progress.steps, "steps")
        bar.set_postfix_str(
            f"loss {progress.loss:.5f}, {progress.images_per_second:.0f} images/s, "
            f"{_duration(progress.seconds_left)} left",
            refresh=False,
        )
        if done := progress.finished:
            bar.set_postfix_str(
                f"loss {done.loss:.5f}, validation loss {done.validation_loss:.5f}, "
                f"{progress.images_per_second:.0f} images/s, {_duration(progress.seconds_left)} left"
            )
        bar.update(progress.step - bar.n)

    @property
    def _shown(self) -> tqdm[None]:
        if self._bar is None:
            raise AssertionError("no bar is open")
        return self._bar

    def _open(self, title: str, total: int, unit: str) -> tqdm[None]:
        if self._bar is None or title != self._title:
            self.__exit__()
            self._bar, self._title = tqdm(total=total, desc=title, unit=unit, mininterval=1.0), title
        return self._bar


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min" if minutes >= 3 else f"{60 * minutes + rest} s"


if __name__ == "__main__":
    sys.exit(main())
