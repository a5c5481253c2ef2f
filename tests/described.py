"""Descriptions of studies, changed as someone would who alters a study on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from core.study.description import DESCRIPTION, LATENTS
from core.study.files import file_facts


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a study's description."""
    description = json.loads((folder / DESCRIPTION).read_text())
    change(description)
    (folder / DESCRIPTION).write_text(json.dumps(description))


def sign(folder: Path) -> None:
    """Let a description say what the files are, as they are."""
    edit(folder, lambda d: d.update(files={n: msgspec.to_builtins(file_facts(folder / n)) for n in d["files"]}))


def recount(folder: Path) -> None:
    """Let a description say how many vectors there are, as they are."""
    vectors = np.load(folder / LATENTS, mmap_mode="r")
    facts = {"count": vectors.shape[0], "dimension": vectors.shape[1], "precision": vectors.dtype.name}
    edit(folder, lambda d: (d["vectors"].update(facts), (d["source"] or {}).update(count=len(vectors))))
    sign(folder)
