"""The command line: ``python -m core train | encode | attributes | sample | statistics | score | results``.

Every command prints progress, exits with 0 on success and with 2 and one clear line on bad input, and leaves nothing
half-written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from core import __version__
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.networks import ATTRIBUTE_TRAINING, AutoencoderConfig, TrainingConfig
from core.scores import cycle_errors
from core.scores.board import COUNT, SEEDS, Scorer, score_entries
from core.scores.entries import ENTRIES, RECONSTRUCTIONS
from core.scores.images import detector_is_installed
from core.scores.results import results
from core.scores.rows import FILE, NOTE, read_scores
from core.sources.celeba import CELEBA_CROP
from core.sources.images import ImageSource, open_images
from core.sources.labels import Labels, find_lists, join_labels, read_attributes, read_partitions
from core.space.sample import Sample, draw_reference, draw_sample
from core.statistics import largest_coordinates, shape
from core.storage import whole_file, whole_folder
from core.strategies import STRATEGIES, Strategy, make_strategy
from core.strategies.base import MAX_COUNT
from core.study import Study, open_study
from core.study.attributes import load_attributes, train_study_attributes
from core.study.building import Report, choose_images, encode_study, train_study
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.tables import (
    axis_table,
    component_table,
    correlation_table,
    cut_table,
    distance_table,
    radius_table,
    shape_table,
    summary_table,
    to_csv,
    vector_table,
)

BUNDLED = (Path("studies/celeba"), Path("studies/celeba-batchnorm"))
RESULTS, TEMPLATE = Path("docs/results.md"), Path("docs/results.template.md")
"""What ``results`` reads and writes, seen from the repository."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except InputError as error:
        print(f"zpoints: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("zpoints: interrupted; repeat the command, a training goes on from its checkpoint.", file=sys.stderr)
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, as the commands do."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"zpoints: {message}; see {self.prog} --help.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
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

    command = commands.add_parser("attributes", help="train the attribute network that decoded images are scored with")
    command.add_argument("--study", type=Path, required=True, help="study to add it to")
    command.add_argument("--images", type=Path, required=True, help="folder or zip of the study's images")
    training = ATTRIBUTE_TRAINING
    command.add_argument("--epochs", type=int, default=training.epochs, help="(%(default)s)")
    command.add_argument("--batch-size", type=int, default=training.batch_size, help="(%(default)s)")
    command.add_argument("--precision", default=training.precision, help="float32 or bfloat16 (%(default)s)")
    command.add_argument("--seed", type=int, default=training.seed, help="(%(default)s)")
    command.add_argument("--replace", action="store_true", help="take the place of a network that is there")
    command.set_defaults(run=_attributes)

    keys = ", ".join(s.key for s in STRATEGIES)
    command = commands.add_parser("sample", help="draw statistical vectors, and decode them")
    command.add_argument("--study", type=Path, required=True, help="study to learn from")
    command.add_argument("--strategy", required=True, metavar="KEY", help=f"one of {keys}")
    command.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="parameters of the strategy")
    _sample_options(command)
    command.add_argument("--out", type=Path, required=True, metavar="FILE.npz", help="file to write")
    command.add_argument("--decode", action="store_true", help="add the decoded images")
    command.set_defaults(run=_sample)

    command = commands.add_parser("score", help="score every strategy, and write the scoreboard")
    command.add_argument("--study", type=Path, required=True, help="study to score")
    command.add_argument("--strategy", nargs="+", metavar="KEY", help=f"rows of these strategies (all: {keys})")
    command.add_argument("--count", type=int, default=COUNT, help="vectors of a sample (%(default)s)")
    command.add_argument("--seeds", type=int, default=SEEDS, help="samples of a row (%(default)s)")
    command.add_argument("--again", action="store_true", help="compute rows anew that the table holds already")
    command.add_argument("--out", type=Path, metavar="FILE.csv", help="table to write or to go on with (the study's)")
    command.set_defaults(run=_score)

    command = commands.add_parser("results", help="write the scoreboards of studies as a text")
    command.add_argument("--study", type=Path, nargs="+", default=list(BUNDLED), help="studies (the bundled ones)")
    command.add_argument("--template", type=Path, default=TEMPLATE, help="text with places for numbers (%(default)s)")
    command.add_argument("--out", type=Path, metavar="FILE.md", default=RESULTS, help="file to write (%(default)s)")
    command.set_defaults(run=_results)

    command = commands.add_parser("statistics", help="write the tables of a study and of samples as CSV")
    command.add_argument("--study", type=Path, required=True, help="study to describe")
    command.add_argument("--strategy", nargs="+", metavar="KEY", help=f"strategies to sample (all: {keys})")
    _sample_options(command)
    command.add_argument("--cycle", action="store_true", help="decode, too, and add the cycle errors to the summary")
    command.add_argument("--out", type=Path, required=True, help="folder to write")
    command.add_argument("--replace", action="store_true", help="take the place of a folder that is there")
    command.set_defaults(run=_statistics)
    return parser


def _sample_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--count", type=int, default=512, help="number of vectors (%(default)s)")
    command.add_argument("--seed", type=int, default=0, help="(%(default)s)")


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
    with ProgressBars() as bars:
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
    source, labels = _open(options, study.source.crop)
    with ProgressBars() as bars:
        report = encode_study(study, source, labels, options.out, replace=options.replace, on_images=bars.images)
    _say(report)


def _attributes(options: argparse.Namespace) -> None:
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
            study, source, training, replace=options.replace, on_images=bars.images, on_progress=bars.training
        )
    print(f"mean accuracy, validation: {attributes.accuracies.mean():.4f}")
    print(f"always the more frequent label: {attributes.majority.mean():.4f}")
    print(f"{study.folder}: a network of {len(attributes.names)} attributes")


def _sample(options: argparse.Namespace) -> None:
    strategy = make_strategy(options.strategy, _assignments(options.set))
    _check_draw(options)
    study = open_study(options.study)
    sample = _draw(study, strategy, options)
    arrays: dict[str, npt.NDArray[np.generic]] = {"latents": sample.vectors}
    if options.decode:
        arrays["images"] = study.load_autoencoder().decode(sample.vectors)
    with whole_file(options.out) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
    print(f"{options.out}: {sample.strategy.label()}, {shapes}")


def _score(options: argparse.Namespace) -> None:
    for key in options.strategy or []:
        make_strategy(key)
    if options.count < 2 or not 1 <= options.seeds <= 1000:
        raise InputError("A scoreboard needs samples of at least 2 vectors, and from 1 to 1000 seeds.")
    study = open_study(options.study)
    path = options.out or study.folder / FILE
    read_scores(path)
    entries = [e for e in ENTRIES if not options.strategy or e.key in (RECONSTRUCTIONS, *options.strategy)]
    attributes = load_attributes(study)
    if attributes is None:
        print("without an attribute network: no Fréchet distance, diversity, attribute gap (python -m core attributes)")
    if not detector_is_installed():
        print("without a face detector: no share of faces (pip install dlib-bin)")
    scorer = Scorer(study, attributes, options.count)
    with ProgressBars() as bars:
        table = score_entries(scorer, entries, path, options.count, options.seeds, bars.scoring, options.again)
    for _, row in table[table[NOTE] != ""].iterrows():
        print(f"{row['strategy']} {row['parameters']}: {row[NOTE]}")
    print(f"{path}: {len(table)} rows")


def _results(options: argparse.Namespace) -> None:
    tables: dict[str, pd.DataFrame] = {}
    for folder in options.study:
        study = open_study(folder)
        if study.name in tables:
            raise InputError(f"Two studies are called {study.name}; choose one of them.")
        tables[study.name] = read_scores(study.folder / FILE)
        if tables[study.name].empty:
            raise InputError(f"{folder} was not scored; score it with 'python -m core score --study {folder}'.")
    try:
        template = options.template.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The template {options.template} cannot be read ({error}); name another one.") from None
    text = results(template, tables)
    with whole_file(options.out) as partial:
        partial.write_text(text, encoding="utf-8")
    print(f"{options.out}: {len(tables)} studies")


def _statistics(options: argparse.Namespace) -> None:
    strategies = [make_strategy(key) for key in options.strategy or [s.key for s in STRATEGIES]]
    _check_draw(options)
    _check_tables(options.out, options.replace)
    study = open_study(options.study)
    description = describe_study(study)
    tables = {
        "components": component_table(description),
        "correlations": correlation_table(description.moments),
        "radii": radius_table(description, study.rows["image"]),
        "principal_axes": axis_table(description),
        "component_shapes": shape_table("component", 0, [("", shape(study.latents))]),
        "axis_shapes": shape_table("axis", 1, [("", shape(study.latents, description.axes))]),
        "distances": distance_table(description),
        "cuts": cut_table(description, largest_coordinates(study.latents, description.axes)),
    }
    samples = [draw_reference(study, description, options.count, options.seed)]
    samples += [_draw(study, s, options) for s in tqdm(strategies, desc="sampling", unit="strategies")]
    for sample in samples:
        tables[f"components_{sample.stem}"] = component_table(description, sample)
        tables[f"radii_{sample.stem}"] = radius_table(sample.description, sample.images)
        tables[f"vectors_{sample.stem}"] = vector_table(sample)
    errors = None
    if options.cycle:
        autoencoder, widths = study.load_autoencoder(), description.moments.widths
        errors = [
            float(cycle_errors(autoencoder, sample.vectors, widths).mean())
            for sample in tqdm(samples, desc="decoding and encoding", unit="strategies")
        ]
    tables["summary"] = summary_table(description, samples, errors)
    with whole_folder(options.out, options.replace) as partial:
        for name, table in tqdm(tables.items(), desc="writing", unit="tables"):
            (partial / f"{name}.csv").write_bytes(to_csv(table))
    print(f"{options.out}: {len(tables)} tables")


def _draw(study: Study, strategy: Strategy, options: argparse.Namespace) -> Sample:
    description = describe_study(study)
    with ProgressBars() as bars:
        fit_strategy(study, description, strategy, lambda share: bars.fitting(strategy.title, share))
    return draw_sample(study, description, strategy, options.count, options.seed)


def _check_draw(options: argparse.Namespace) -> None:
    if options.seed < 0:
        raise InputError(f"seed must be a whole number from 0, not {options.seed}.")
    if not 1 <= options.count <= MAX_COUNT:
        raise InputError(f"The number of vectors must be from 1 to {MAX_COUNT:,}, not {options.count}.")


def _check_tables(folder: Path, replace: bool) -> None:
    if folder.exists() and not replace:
        raise InputError(f"{folder} exists already; choose another folder, or add --replace to take its place.")
    if folder.exists() and not (folder.is_dir() and all(p.suffix == ".csv" for p in folder.iterdir())):
        raise InputError(f"{folder} holds more than tables, so it is not replaced; choose another folder.")


def _assignments(words: Sequence[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if wrong := next((name for name, equals, _ in pairs if not equals), None):
        raise InputError(f"--set takes name=value, not {wrong!r}; for example --set scale=1.5.")
    return {name: value for name, _, value in pairs}


def _open(options: argparse.Namespace, celeba_crop: int = CELEBA_CROP) -> tuple[ImageSource, Labels]:
    source = open_images(options.images, options.crop)
    if options.crop is None and source.crop == CELEBA_CROP:
        source.crop = celeba_crop  # images of CelebA's size are cut as those of the study were
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


if __name__ == "__main__":
    sys.exit(main())
