"""``sample``: statistical vectors in a file, and their decoded images."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.commands.endings import WRITING_ENDED
from core.commands.options import check_draw, chosen_recipe, draw, opened, recipe_options, sample_options
from core.commands.progress import ProgressBars
from core.networks import Autoencoder
from core.progress import Progress
from core.storage import output_file, whole_file

__all__ = ["add", "run"]

DECODED = 1024
"""Vectors that are decoded between two reports."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("sample", help="draw statistical vectors, and decode them")
    command.add_argument("--study", type=Path, required=True, help="study to learn from")
    recipe_options(command)
    sample_options(command)
    command.add_argument("--out", type=Path, required=True, metavar="FILE.npz", help="file to write")
    command.add_argument("--replace", action="store_true", help="take the place of a file that is there")
    command.add_argument("--decode", action="store_true", help="add the decoded images")
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    strategy = chosen_recipe(options).make()
    check_draw(options)
    out = output_file(options.out, options.replace)
    study = opened(options)
    with ProgressBars() as bars:
        sample = draw(study, strategy, options, bars)
        arrays: dict[str, npt.NDArray[np.generic]] = {"latents": sample.vectors}
        if options.decode:
            arrays["images"] = _decoded(study.load_autoencoder(), sample.vectors, bars)
    with whole_file(out) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
    print(f"{options.out}: {sample.label}, {shapes}")


def _decoded(autoencoder: Autoencoder, vectors: npt.NDArray[np.float32], bars: ProgressBars) -> npt.NDArray[np.uint8]:
    """Return the decoded images of vectors; show how many there are already."""
    images = np.empty((len(vectors), *autoencoder.image_shape), np.uint8)
    for start in range(0, len(vectors), DECODED):
        bars.show(Progress("decoding", start, len(vectors), "vectors"))
        images[start : start + DECODED] = autoencoder.decode(vectors[start : start + DECODED])
    bars.show(Progress("decoding", len(vectors), len(vectors), "vectors"))
    return images
