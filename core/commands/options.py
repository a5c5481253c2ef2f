"""What several commands ask for: images with their lists, and samples of strategies."""

from __future__ import annotations

import argparse
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from core.cluster import LOCAL, Cluster, joined
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.sources.distant import place
from core.sources.images import ImageSource, open_images
from core.sources.labels import Labels, find_lists, join_labels, read_attributes, read_partitions
from core.space.sample import Sample, draw_sample
from core.strategies import STRATEGIES, Recipe, Strategy
from core.strategies.base import MAX_COUNT
from core.study import Study, open_study
from core.study.building import choose_images
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.kept import as_owner
from core.study.shelf import find_study

__all__ = [
    "check_draw",
    "chosen_recipe",
    "draw",
    "image_options",
    "open_labelled",
    "open_to_write",
    "opened",
    "recipe_options",
    "sample_options",
    "scheduled",
    "scheduler_option",
    "with_study_option",
]


def recipe_options(command: argparse.ArgumentParser) -> None:
    """Add which strategy is meant, with which parameters."""
    keys = ", ".join(s.key for s in STRATEGIES)
    command.add_argument("--strategy", required=True, metavar="KEY", help=f"one of {keys}")
    command.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="parameters of the strategy")


def chosen_recipe(options: argparse.Namespace) -> Recipe:
    """Return the strategy that the options name, with its parameters."""
    pairs = [word.partition("=") for word in options.set]
    if wrong := next((name for name, equals, _ in pairs if not equals), None):
        raise InputError(f"--set takes name=value, not {wrong!r}; for example --set scale=1.5.")
    return Recipe.of(options.strategy, {name: value for name, _, value in pairs})


def sample_options(command: argparse.ArgumentParser) -> None:
    """Add how many vectors are drawn, and the seed."""
    command.add_argument("--count", type=int, default=512, help="number of vectors (%(default)s)")
    command.add_argument("--seed", type=int, default=0, help="(%(default)s)")
    command.add_argument(
        "--means-alone",
        action="store_true",
        help="of a variational autoencoder: the means stand for the data, without their noise",
    )


def with_study_option(command: argparse.ArgumentParser) -> None:
    """Add leave to write into the folder of a study that is shipped."""
    command.add_argument(
        "--with-study",
        action="store_true",
        help="keep what is derived in the study's folder even if it is shipped, as whoever ships it does",
    )


def opened(options: argparse.Namespace) -> Study:
    """Open the study, in the view that the options of :func:`sample_options` ask for."""
    return _seen(open_study(find_study(options.study)), options)


def _seen(study: Study, options: argparse.Namespace) -> Study:
    """Return the view of a study that is asked for; raise `InputError` where it has but one."""
    if not getattr(options, "means_alone", False):
        return study
    if study.posteriors is None:
        raise InputError(f"The vectors of {study.name} are no means of posteriors; leave out --means-alone.")
    return study.with_means_alone()


def open_to_write(options: argparse.Namespace) -> Study:
    """Open the study; with ``--with-study``, as its owner."""
    study = open_study(find_study(options.study))
    return _seen(as_owner(study) if options.with_study else study, options)


def image_options(command: argparse.ArgumentParser) -> None:
    """Add which images are read, and what is known of them."""
    command.add_argument(
        "--images",
        type=place,
        required=True,
        help="folder, zip, tar or parquet file of images, or the address of a zip, such as s3://bucket/images.zip",
    )
    command.add_argument("--attributes", type=Path, help="attribute list (found beside a known data set's images)")
    command.add_argument("--partitions", type=Path, help="partition list (found beside a known data set's images)")
    command.add_argument(
        "--crop", type=int, help="side of the central square in pixels, 0 the largest (that of a known data set)"
    )
    command.add_argument("--limit", type=int, help="use this many images, chosen at random")
    command.add_argument("--replace", action="store_true", help="take the place of a study that is there")


def scheduler_option(command: argparse.ArgumentParser) -> None:
    """Add who does the work where that is not this process."""
    command.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        default=os.environ.get("ZPOINTS_SCHEDULER") or None,
        help=f"let the workers of a Dask scheduler do it (tcp://HOST:8786), or one for each core here ({LOCAL}): "
        "docs/scale.md",
    )


def scheduled(options: argparse.Namespace) -> AbstractContextManager[Cluster | None]:
    """Return what joins the cluster that the options name, if they name one."""
    return joined(options.scheduler) if options.scheduler else nullcontext()


def draw(study: Study, strategy: Strategy, options: argparse.Namespace, bars: ProgressBars) -> Sample:
    """Return a sample of a strategy, with a progress bar where fitting it takes long."""
    description = describe_study(study)
    fit_strategy(study, description, strategy, bars.show, train=True)
    return draw_sample(study, description, strategy, options.count, options.seed)


def check_draw(options: argparse.Namespace) -> None:
    """Raise `InputError` for a seed or a number of vectors that is out of range."""
    if options.seed < 0:
        raise InputError(f"seed must be a whole number from 0, not {options.seed}.")
    if not 1 <= options.count <= MAX_COUNT:
        raise InputError(f"The number of vectors must be from 1 to {MAX_COUNT:,}, not {options.count}.")


def open_labelled(options: argparse.Namespace, crop: int | None = None) -> tuple[ImageSource, Labels]:
    """Open the images and the lists that the options name; say what was found.

    ``crop`` takes the place of that of a known data set, whose images are to be cut as those of another study were.
    """
    source = open_images(options.images, options.crop)
    if options.crop is None and source.crop and crop is not None:
        source.crop = crop
    attributes, partitions = find_lists(source.path)
    attributes, partitions = options.attributes or attributes, options.partitions or partitions
    labels = join_labels(
        choose_images(source, options.limit, options.seed),
        read_attributes(attributes) if attributes else None,
        read_partitions(partitions) if partitions else None,
        source.known,
    )
    print(f"{source.path}: {len(labels.rows):,} images, crop {source.crop or 'largest square'}")
    for path in filter(None, (attributes, partitions)):
        print(f"{path}: joined by file name")
    if labels.images_without_row:
        print(f"{labels.images_without_row:,} images have no row in the list")
    if labels.rows_without_image:
        print(f"{labels.rows_without_image:,} rows of the list have no image here")
    return source, labels
