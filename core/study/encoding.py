"""Images to latent vectors, block by block, so that an interrupted encoding goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.networks import Autoencoder, Variational
from core.networks.backend import unit_range
from core.progress import Listener, Progress
from core.sources.images import Images, Skipped
from core.statistics import log_variance_codes
from core.storage import appending
from core.study.description import LOG_VARIANCES
from core.study.kept import Arrays, keep_derived, load_derived
from core.study.workplace import BATCH

__all__ = ["encoded_blocks", "gather"]


def encoded_blocks(
    autoencoder: Autoencoder,
    names: Sequence[str],
    load: Callable[[Sequence[str]], Images],
    work: Path,
    wanted: str,
    report: Listener | None,
) -> Iterator[Arrays]:
    """Yield the latent vectors of images block by block, each from the workplace if an interrupted call left it there.

    A block holds ``names``, ``vectors``, mean squared ``errors`` of the reconstructions, names and reasons of those
    ``skipped`` and, where vectors are means of posteriors, ``log_variances`` in 8 bits.
    """
    for start in range(0, len(names), BATCH):
        chunk = names[start : start + BATCH]
        path, key = work / f"block-{start:09d}.npz", json.dumps([wanted, *chunk])
        block = load_derived(path, key)
        if block is None:
            block = _encode(autoencoder, load(chunk))
            keep_derived(path, key, block)
        yield block
        if report:
            report(Progress("encoding images", min(start + BATCH, len(names)), len(names), "images"))


def _encode(autoencoder: Autoencoder, batch: Images) -> Arrays:
    block: dict[str, npt.NDArray[Any]] = {
        "names": np.array(batch.names, np.str_),
        "skipped": np.array([(s.name, s.reason) for s in batch.skipped], np.str_).reshape(-1, 2),
    }
    if isinstance(autoencoder, Variational):
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
