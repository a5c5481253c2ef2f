"""Images to latent vectors, block by block, so that an interrupted encoding goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.networks import Autoencoder, encodes_laws
from core.networks.backend import unit_range
from core.progress import Listener, Progress
from core.sources.images import Images, Skipped
from core.statistics import log_variance_codes
from core.storage import appending
from core.study.description import LOG_VARIANCES
from core.study.kept import Arrays, keep_derived, load_derived
from core.study.workplace import BATCH

__all__ = ["TASK", "Block", "blocks_in", "encode", "encoded_blocks", "gather"]

TASK = "encoding images"


@dataclass(frozen=True)
class Block:
    """Some images that are encoded at a time, and where what comes out is kept until the study is written."""

    names: tuple[str, ...]
    path: Path
    key: str


def blocks_in(work: Path, names: Sequence[str], wanted: str) -> tuple[Block, ...]:
    """Return the blocks of named images, kept in a workplace under what is wanted."""
    chunks = ((start, tuple(names[start : start + BATCH])) for start in range(0, len(names), BATCH))
    return tuple(Block(c, work / f"block-{start:09d}.npz", json.dumps([wanted, *c])) for start, c in chunks)


def encoded_blocks(
    autoencoder: Autoencoder,
    blocks: Sequence[Block],
    load: Callable[[Sequence[str]], Images],
    report: Listener | None,
) -> Iterator[Arrays]:
    """Yield the latent vectors of images block by block, each from the workplace if an interrupted call left it there.

    A block holds ``names``, ``vectors``, mean squared ``errors`` of the reconstructions, names and reasons of those
    ``skipped`` and, where vectors are means of posteriors, ``log_variances`` in 8 bits.
    """
    done, total = 0, sum(len(block.names) for block in blocks)
    for block in blocks:
        arrays = load_derived(block.path, block.key)
        if arrays is None:
            arrays = encode(autoencoder, load(block.names))
            keep_derived(block.path, block.key, arrays)
        yield arrays
        done += len(block.names)
        if report:
            report(Progress(TASK, done, total, "images"))


def encode(autoencoder: Autoencoder, batch: Images) -> Arrays:
    """Return what a block holds."""
    block: dict[str, npt.NDArray[Any]] = {
        "names": np.array(batch.names, np.str_),
        "skipped": np.array([(s.name, s.reason) for s in batch.skipped], np.str_).reshape(-1, 2),
    }
    if encodes_laws(autoencoder):
        block["vectors"], log_variances = autoencoder.encode_law(batch.pixels)
        block["log_variances"] = log_variance_codes(log_variances)
    else:
        block["vectors"] = autoencoder.encode(batch.pixels)
    difference = autoencoder.decode_exactly(block["vectors"]) - unit_range(batch.pixels)
    block["errors"] = np.square(difference).mean(axis=(1, 2, 3))
    return block


def gather(blocks: Iterable[Arrays], path: Path, size: int) -> tuple[list[str], list[float], list[Skipped]]:
    """Write the vectors of blocks into one file; return names, errors of reconstructions, and what was skipped.

    Log variances go into a file beside them.
    """
    names: list[str] = []
    errors: list[float] = []
    skipped: list[Skipped] = []
    with ExitStack() as files:
        append = files.enter_context(appending(path, np.float32, (size,)))
        append_codes: Callable[[npt.ArrayLike], None] | None = None
        for block in blocks:
            append(block["vectors"])
            if "log_variances" in block:
                if append_codes is None:
                    append_codes = files.enter_context(appending(path.with_name(LOG_VARIANCES), np.uint8, (size,)))
                append_codes(block["log_variances"])
            names += block["names"].tolist()
            errors += block["errors"].tolist()
            skipped += [Skipped(name, reason) for name, reason in block["skipped"].tolist()]
    return names, errors, skipped
