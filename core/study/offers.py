"""What somebody brings, and which command makes a study of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from core.errors import InputError
from core.networks import AutoencoderConfig, TrainingConfig
from core.settings import limits
from core.sources.images import open_images
from core.sources.names import IMAGE_SUFFIXES
from core.sources.parquets import image_column
from core.sources.preview import Preview, preview_images
from core.sources.vectors import SUFFIXES as VECTORS
from core.sources.vectors import open_vectors
from core.study.archive import is_export, open_exported

__all__ = ["ACCEPTED", "Offer", "import_arguments", "look_at", "train_arguments", "usual_name"]

ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".gz"})
MODELS = frozenset({".keras", ".onnx"})

ACCEPTED = tuple(sorted(ARCHIVES | MODELS | VECTORS | IMAGE_SUFFIXES))
"""Suffixes of files that a study can be made of."""

DECIDED = frozenset({"channels"})
"""Fields of an autoencoder that the images decide where the command runs."""

_SIGNS = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, eq=False)
class Offer:
    """What was found in the files that somebody brings.

    Attributes
    ----------
    paths : tuple of Path
    kind : str
        ``"images"``, ``"vectors"``, ``"study"`` or ``"model"``.
    said : str
        What was found, in one sentence; of images, the preview says more.
    preview : Preview, optional
        Of images.
    """

    paths: tuple[Path, ...]
    kind: str
    said: str
    preview: Preview | None = None


def look_at(paths: Sequence[Path], crop: int | None = None) -> Offer:
    """Look at what is brought: a folder, an archive or a table of images, vectors, an exported study, or a model.

    Parameters
    ----------
    paths : sequence of Path
        One, or those of a model, an image archive among them.
    crop : int, optional
        As :func:`core.sources.images.open_images` has it.

    Raises
    ------
    InputError
        If nothing can be made of it; the sentence says what was found instead.
    """
    models = [path for path in paths if path.suffix.lower() in MODELS]
    if models:
        names = ", ".join(path.name for path in models)
        return Offer(tuple(paths), "model", f"A model in {names}; it is examined where it is imported.")
    if len(paths) != 1:
        raise InputError(f"There are {len(paths)} files and none is a model; bring one archive, table or array.")
    path = paths[0]
    if path.suffix.lower() == ".zip" and is_export(path):
        return Offer((path,), "study", open_exported(path).describe())
    if path.is_dir() or path.suffix.lower() in ARCHIVES or (_is_parquet(path) and image_column(path)):
        preview = preview_images(open_images(path, crop))
        return Offer((path,), "images", f"{preview.count:,} images in a {preview.kind}.", preview)
    vectors = open_vectors(path)
    if len(vectors) > limits().vectors:
        raise InputError(f"{path.name} holds {len(vectors):,} vectors, {limits().vectors:,} are the most here.")
    return Offer((path,), "vectors", f"{vectors.describe()}.")


def train_arguments(
    preview: Preview, folder: Path, title: str, config: AutoencoderConfig, training: TrainingConfig
) -> list[str]:
    """Return the command that trains on images: arguments of ``python -m core``."""
    options = ["train", "--images", str(preview.path), "--study", str(folder), "--crop", str(preview.crop)]
    options += ["--title", title] if title else []
    options += ["--variational"] if config.kind == "variational" else []
    options += ["--limit", str(limits().images)] if preview.count > limits().images else []
    for part in (config, training):
        for field in fields(part):
            value, name = getattr(part, field.name), field.name.replace("_", "-")
            if field.name in DECIDED or "usual" in field.metadata:
                continue
            if isinstance(value, bool):
                options.append(f"--{name}" if value else f"--no-{name}")
            else:
                options += [f"--{name}", str(value)]
    return options


def import_arguments(offer: Offer, folder: Path, title: str) -> list[str]:
    """Return the command that imports what is no images: arguments of ``python -m core``."""
    models = [path for path in offer.paths if path.suffix.lower() in MODELS]
    images = [path for path in offer.paths if offer.kind == "model" and path not in models and _holds_images(path)]
    rest = [path for path in offer.paths if path not in models and path not in images]
    options = ["import", *map(str, (*models, *rest)), "--study", str(folder)]
    options += ["--images", str(images[0])] if images else []
    return [*options, "--title", title] if title else options


def usual_name(paths: Sequence[Path]) -> str:
    """Return a name for a study of some files: that of the first one, without signs that a path or a page reads."""
    name = paths[0].name
    while Path(name).suffix.lower() in ACCEPTED:
        name = Path(name).stem
    return _SIGNS.sub("-", name).strip("-._")[:60].lower() or "study"


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _holds_images(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in ARCHIVES or (_is_parquet(path) and bool(image_column(path)))
