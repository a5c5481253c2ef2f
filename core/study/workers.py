"""What the workers of a cluster do for a study: encode blocks of images, summarise spans of vectors.

Each work reads the study, and the images, where it lies, and writes what comes out to a folder that all see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.cluster import Cluster, program, worker_name
from core.errors import InputError
from core.networks import Autoencoder, network_files
from core.progress import Listener, Progress
from core.sources.distant import Place
from core.sources.images import Images, ImageSource, Skipped, open_images
from core.statistics.blocks import SPAN
from core.statistics.moments import Moments
from core.statistics.summary import Frame, Part, Spans
from core.study.description import Study, open_study
from core.study.encoding import TASK, Block, encode
from core.study.kept import Arrays, load_derived, place_of, write_derived
from core.study.packing import FRAME, frame_of, moments_in, pack_frame, pack_moments, pack_part, part_in
from core.study.workplace import origin, workplace

__all__ = ["Encoders", "encoders", "spread", "telling"]

Encoders = Callable[[Sequence[Block], Listener | None], Iterator[Arrays]]
"""Yields what blocks hold, as :func:`core.study.encoding.encoded_blocks` does."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Encoding:
    """Encodes a block on a worker."""

    study: Path
    weights: tuple[tuple[str, str], ...]
    images: Place
    crop: int | None
    origin: str

    def __call__(self, block: Block) -> None:
        autoencoder = _autoencoder(self.study, self.weights)
        source = _source(self.images, self.crop)
        if repr(origin(source, autoencoder.image_shape)) != self.origin:
            raise InputError(
                f"{self.images} is not as it is where the command was given (path, time of change or crop); every "
                "worker needs the same images under the same path, from one shared folder."
            )
        if missing := next((name for name in block.names if name not in source), None):
            raise InputError(f"{self.images} has no image {missing!r} here; every worker needs the same images.")
        batch = next(source.batches(block.names, autoencoder.image_shape, len(block.names)))
        skipped = tuple(Skipped(one.name, f"{one.reason}, on the worker {worker_name()}") for one in batch.skipped)
        arrays = encode(autoencoder, Images(batch.names, batch.pixels, skipped))
        write_derived(_there(block.path), block.key, arrays)


@dataclass(frozen=True)
class _Summing:
    """Summarises a span of vectors on a worker: its moments, or what it contributes to a frame."""

    study: Path
    means_alone: bool
    digest: str
    work: Path
    key: str
    framed: bool

    def __call__(self, first: int) -> None:
        study = _study(self.study)
        study = study.with_means_alone() if self.means_alone else study
        if study.vectors_digest != self.digest:
            raise InputError(f"{self.study} holds other vectors here; every worker needs the same study.")
        vectors = study.latents_between(first, first + SPAN)
        if self.framed:
            frame = _frame(_there(self.work / FRAME), self.key)
            arrays = pack_part(*frame.part_of(vectors))
        else:
            arrays = pack_moments(Moments.of_span(vectors))
        write_derived(_there(self.path(first)), self.key, arrays, packed=False)

    def path(self, first: int) -> Path:
        """Return the file of the span that begins with a row."""
        return self.work / f"{'part' if self.framed else 'moments'}-{first:012}.npz"


class _Spread(Spans):
    """Vectors whose spans the workers of a cluster read and work on."""

    def __init__(self, cluster: Cluster, study: Study, work: Path) -> None:
        super().__init__(study.latents)
        self._cluster, self._study = cluster, study
        key = f"{study.vectors_digest} {SPAN} {program()}"
        self._summing = _Summing(study.folder, study.means_alone, study.vectors_digest, work, key, framed=False)

    def moments(self) -> Iterator[Moments]:
        """Yield the moments of each span."""
        return map(moments_in, self._kept(self._summing))

    def parts(self, frame: Frame) -> Iterator[tuple[Part, npt.NDArray[np.float32]]]:
        """Yield what each span contributes."""
        arrays = pack_frame(frame)
        write_derived(self._summing.work / FRAME, self._summing.key, arrays)
        return map(part_in, self._kept(replace(self._summing, framed=True)))

    def _kept(self, summing: _Summing) -> Iterator[Arrays]:
        firsts = range(0, len(self.vectors), SPAN)
        return _done(self._cluster, summing, firsts, summing.path, lambda _: summing.key)


@contextmanager
def spread(cluster: Cluster, study: Study) -> Iterator[Spans]:
    """Yield the vectors of a study for the workers of a cluster to summarise.

    What they find lies in a folder ``summary.parts`` beside the summary until the block ends well; the same call after
    an interruption goes on from there.

    Raises
    ------
    InputError
        If nothing may be written, or another process is at it.
    """
    folder = place_of(study, "summary")
    if folder is None:
        raise InputError("This server is open to the public and writes nothing; run zpoints on a machine of your own.")
    with workplace(folder, "parts", keep=True) as work:
        yield _Spread(cluster, study, work)
        for path in work.iterdir():
            path.unlink()
        work.rmdir()


def encoders(cluster: Cluster, study: Study, source: ImageSource) -> Encoders:
    """Return what encodes blocks of images with a study's weights on the workers of a cluster."""
    config = study.require_decoder()
    weights = tuple((name, study.digests[name]) for name in network_files(config))
    known = repr(origin(source, config.image_shape))
    encoding = _Encoding(study.folder, weights, source.path.absolute(), source.crop, known)

    def run(blocks: Sequence[Block], report: Listener | None) -> Iterator[Arrays]:
        tell, done = telling(report, cluster), 0
        total = sum(len(block.names) for block in blocks)
        found = _done(cluster, encoding, blocks, lambda block: block.path, lambda block: block.key)
        for block, arrays in zip(blocks, found, strict=True):
            yield arrays
            done += len(block.names)
            if tell:
                tell(Progress(TASK, done, total, "images"))

    return run


def telling(report: Listener | None, cluster: Cluster | None) -> Listener | None:
    """Return a listener that adds the address of Dask's dashboard to what it is told."""
    if report is None or cluster is None:
        return report
    return lambda progress: report(replace(progress, detail=cluster.dashboard))


def _done(
    cluster: Cluster, work: Callable[[T], None], tasks: Sequence[T], path: Callable[[T], Path], key: Callable[[T], str]
) -> Iterator[Arrays]:
    """Yield what the works of tasks left behind, in order; those whose result is there already are not done again."""
    open_ones = [task for task in tasks if load_derived(path(task), key(task)) is None]
    done = cluster.do(work, open_ones)
    left = iter(open_ones)
    following = next(left, None)
    for task in tasks:
        if task == following:
            next(done)
            following = next(left, None)
        arrays = load_derived(path(task), key(task))
        if arrays is None:
            raise InputError(
                f"A worker of {cluster.address} wrote {path(task)} to another folder than this one; every worker "
                "needs it under the same path, from one shared folder."
            )
        yield arrays


@lru_cache(maxsize=1)
def _autoencoder(folder: Path, weights: tuple[tuple[str, str], ...]) -> Autoencoder:
    """Return the one model of this process."""
    study = _study(folder)
    for name, digest in weights:
        if study.digests.get(name) != digest:
            raise InputError(f"{folder / name} has other weights here; every worker needs the same study.")
    return study.load_autoencoder()


@lru_cache(maxsize=1)
def _source(path: Place, crop: int | None) -> ImageSource:
    if not path.exists():
        raise _absent(path)
    return open_images(path, crop)


@lru_cache(maxsize=1)
def _frame(path: Path, key: str) -> Frame:
    if (arrays := load_derived(path, key)) is None:
        raise InputError(f"{path} is damaged here; delete it and repeat the command.")
    return frame_of(arrays)


def _study(folder: Path) -> Study:
    """Open a study anew: what was mapped of its vectors goes with it, and memory stays small."""
    if not folder.exists():
        raise _absent(folder)
    return open_study(folder)


def _there(path: Path) -> Path:
    if not path.parent.exists():
        raise _absent(path.parent)
    return path


def _absent(path: Place) -> InputError:
    return InputError(f"{path} is not there; every worker needs it under the same path, from one shared folder.")
