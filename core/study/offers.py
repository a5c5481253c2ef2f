"""What somebody brings, and which command makes a study of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain, count
from pathlib import Path

import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype

from core.errors import InputError
from core.networks import AutoencoderConfig, TrainingConfig
from core.settings import jobs_folder, limits
from core.sources.components import has_components
from core.sources.images import open_images
from core.sources.names import IMAGE_SUFFIXES
from core.sources.parquets import image_column
from core.sources.parts import is_parted
from core.sources.preview import Preview, preview_images
from core.sources.tables import SUFFIXES as TABLES
from core.sources.tables import read_table
from core.sources.vectors import SUFFIXES as VECTORS
from core.sources.vectors import open_vectors
from core.study.archive import is_export, open_exported
from core.study.groups import likely_group
from core.study.looking import Found, look
from core.study.models import AUTO, Wishes, is_model
from core.study.models import SUFFIXES as MODELS
from core.study.rows import ROW_COLUMNS

__all__ = ["ACCEPTED", "Offer", "free_name", "import_arguments", "look_at", "train_arguments", "usual_name"]

ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".gz"})

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
    said : tuple of str
        What was found, a sentence each; of images, the preview says it.
    preview : Preview, optional
        Of images.
    outputs : tuple of (int, str)
        Numbers of the outputs of a model's encoder, and what they are taken for, where there are several.
    columns : tuple of str
        That may say which vectors belong together.
    group : str, optional
        The likeliest of them.
    """

    paths: tuple[Path, ...]
    kind: str
    said: tuple[str, ...] = ()
    preview: Preview | None = None
    outputs: tuple[tuple[int, str], ...] = ()
    columns: tuple[str, ...] = ()
    group: str | None = None


def look_at(
    paths: Sequence[Path], crop: int | None = None, wishes: Wishes | None = None, key: str | None = None
) -> Offer:
    """Look at what is brought: a folder, an archive or a table of images, vectors, an exported study, or a model.

    Vectors come in a file, or in a folder of parts. Beside vectors or a model there may be images, and a table of what
    is known of each.

    Parameters
    ----------
    paths : sequence of Path
        One, or several that belong together.
    crop : int, optional
        As :func:`core.sources.images.open_images` has it.
    wishes : Wishes, optional
        What is said of a model instead of being found.
    key : str, optional
        As :func:`core.sources.vectors.open_vectors` has it.

    Raises
    ------
    InputError
        If nothing can be made of it; the sentence says what was found instead.
    """
    models, images, others, table = _sorted_out(paths)
    if models or (others and len(paths) > 1):
        if len(images) > 1:
            raise InputError(f"{images[0].name} and {images[1].name} would both be the images; bring one of them.")
        found = look([*models, *others], images[0] if images else None, table, wishes=wishes, crop=crop, key=key)
        _require_few_found(found)
        said = tuple(_as_sentence(line) for line in found.describe())
        tried = found.model.tried if found.model else None
        several = tried.outputs if tried and len(tried.outputs) > 1 else ()
        outputs = tuple((output.index, output.role) for output in several)
        kind = "model" if models else "vectors"
        return Offer(tuple(paths), kind, said, None, outputs, _groups_of(found.rows), likely_group(found.rows))
    if len(paths) != 1:
        raise InputError(
            f"There are {len(paths)} files, and neither a model nor vectors; bring one archive, table or array."
        )
    path = paths[0]
    if path.suffix.lower() == ".zip" and is_export(path):
        exported = open_exported(path)
        _require_few(path, exported.count, limits().vectors, "vectors")
        return Offer((path,), "study", (_as_sentence(exported.describe()),))
    if images:
        return Offer((path,), "images", preview=preview_images(open_images(path, crop)))
    vectors = open_vectors(path, key)
    _require_few(path, len(vectors), limits().vectors, "vectors")
    sentence, rows = _as_sentence(vectors.describe()), vectors.columns
    return Offer((path,), "vectors", (sentence,), columns=_groups_of(rows), group=likely_group(rows))


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


def import_arguments(
    offer: Offer,
    folder: Path,
    title: str,
    wishes: Wishes | None = None,
    key: str | None = None,
    group: str | None = None,
) -> list[str]:
    """Return the command that imports what is no images alone: arguments of ``python -m core``.

    ``key`` says what to take of a file that holds several; ``group`` is one of the offer's columns, or `NO_GROUP`.
    """
    models, images, others, table = _sorted_out(offer.paths) if offer.kind != "study" else ([], [], offer.paths, None)
    options = ["import", *map(str, (*models, *others)), "--study", str(folder)]
    options += ["--images", str(images[0])] if images else []
    options += ["--rows", str(table)] if table else []
    if wishes is not None and offer.kind == "model":
        options += [f"--range={wishes.value_range}", f"--layout={wishes.layout}"]
        options += ["--size={}x{}".format(*wishes.size)] if wishes.size else []
        options += [f"--latent={wishes.latent}"] if wishes.latent else []
        options += [f"--log-variance={wishes.log_variance}"] if wishes.log_variance != AUTO else []
    options += [f"--key={key}"] if key and offer.kind in ("model", "vectors") else []
    options += [f"--group={group}"] if group is not None else []
    return [*options, "--title", title] if title else options


def usual_name(paths: Sequence[Path]) -> str:
    """Return a name for a study of some files: that of the first one, without signs that a path or a page reads."""
    name = paths[0].name
    while Path(name).suffix.lower() in ACCEPTED:
        name = Path(name).stem
    return _SIGNS.sub("-", name).strip("-._")[:60].lower() or "study"


def free_name(folder: Path, name: str) -> str:
    """Return a name that no study in a folder has: the one that is given, or that with a number."""
    taken = (f"{name}-{number}" for number in count(2))
    return next(free for free in chain([name], taken) if not (folder / free).exists())


def _sorted_out(paths: Sequence[Path]) -> tuple[list[Path], list[Path], list[Path], Path | None]:
    """Return models, images, vectors, and the table of what is known of them."""
    models = [path for path in paths if is_model(path)]
    images = [path for path in paths if path not in models and _holds_images(path)]
    others = [path for path in paths if path not in models and path not in images]
    if len(paths) == 1 or (models and not images and len(others) == 1):
        return models, images, others, None  # whatever it is, it holds vectors
    tables = [path for path in others if path.suffix.lower() in TABLES and not has_components(read_table(path))]
    table = tables[0] if len(tables) == 1 else None
    return models, images, [path for path in others if path != table], table


def _require_few_found(found: Found) -> None:
    if found.images is not None:
        _require_few(found.images.local, len(found.images), limits().images, "images")
    if found.pictures is not None and found.pictures.is_relative_to(jobs_folder()):
        raise InputError(
            f"{found.pictures.name} would be gone with the job: pictures of vectors are looked up where they lie; pick "
            "them from the folder of the server, or bring their encoder and decoder, too."
        )
    if found.vectors is not None:
        _require_few(found.vectors.path, len(found.vectors), limits().vectors, "vectors")


def _require_few(path: Path, count: int, most: int, what: str) -> None:
    if count > most:
        raise InputError(f"{path.name} holds {count:,} {what}, {most:,} are the most here.")


def _groups_of(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns whose values may be groups: names and whole numbers."""
    known = rows.drop(columns=[name for name in ROW_COLUMNS if name in rows])
    return tuple(str(name) for name in known if not (is_float_dtype(known[name]) or is_bool_dtype(known[name])))


def _holds_images(path: Path) -> bool:
    suffix = path.suffix.lower()
    if path.is_dir():
        return not is_parted(path)
    return suffix in ARCHIVES or (suffix == ".parquet" and image_column(path) is not None)


def _as_sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
