"""``sample``: statistical vectors in a file, and their decoded images."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.commands.options import WRITING_ENDED, check_draw, draw, sample_options
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.networks import Autoencoder
from core.progress import Progress
from core.storage import output_file, whole_file
from core.strategies import STRATEGIES, Recipe
from core.study import open_study
from core.study.shelf import find_study

__all__ = ["add", "run"]

DECODED = 1024
"""Vectors that are decoded between two reports."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    keys = ", ".join(s.key for s in STRATEGIES)
    command = commands.add_parser("sample", help="draw statistical vectors, and decode them")
    command.add_argument("--study", type=Path, required=True, help="study to learn from")
    command.add_argument("--strategy", required=True, metavar="KEY", help=f"one of {keys}")
    command.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="parameters of the strategy")
    sample_options(command)
    command.add_argument("--out", type=Path, required=True, metavar="FILE.npz", help="file to write")
    command.add_argument("--replace", action="store_true", help="take the place of a file that is there")
    command.add_argument("--decode", action="store_true", help="add the decoded images")
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    strategy = Recipe.of(options.strategy, _assignments(options.set)).make()
    check_draw(options)
    out = output_file(options.out, options.replace)
    study = open_study(find_study(options.study))
    with ProgressBars() as bars:
        sample = draw(study, strategy, options, bars)
        arrays: dict[str, npt.NDArray[np.generic]] = {"latents": sample.vectors}
        if options.decode:
            arrays["images"] = _decoded(study.load_autoencoder(), sample.vectors, bars)
    with whole_file(out) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
    print(f"{options.out}: {sample.strategy.label()}, {shapes}")


def _decoded(autoencoder: Autoencoder, vectors: npt.NDArray[np.float32], bars: ProgressBars) -> npt.NDArray[np.uint8]:
    """Return the decoded images of vectors; show how many there are already."""
    images = np.empty((len(vectors), *autoencoder.image_shape), np.uint8)
    for start in range(0, len(vectors), DECODED):
        bars.show(Progress("decoding", start, len(vectors), "vectors"))
        images[start : start + DECODED] = autoencoder.decode(vectors[start : start + DECODED])
    bars.show(Progress("decoding", len(vectors), len(vectors), "vectors"))
    return images


def _assignments(words: Sequence[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if wrong := next((name for name, equals, _ in pairs if not equals), None):
        raise InputError(f"--set takes name=value, not {wrong!r}; for example --set scale=1.5.")
    return {name: value for name, _, value in pairs}
