"""The nearest of many vectors: exactly, in blocks, or through an index of inverted lists with 8 bits a component.

An inverted file (Sivic and Zisserman 2003; Jégou, Douze and Schmid 2011): vectors are sorted by the nearest of some
centres, and a search reads the lists of a few centres alone. What it reads are rounded differences from the centre, in
order on the disk; those that come nearest are compared exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.statistics.axes import PrincipalAxes
from core.statistics.blocks import BLOCK, map_blocks, map_ranges, single_threaded_algebra

__all__ = [
    "Lists",
    "assign",
    "codes_in_order",
    "count_of_lists",
    "count_read",
    "learn_centres",
    "nearest_exactly",
    "nearest_listed",
    "nearest_rows",
]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]

ROWS = 8192
"""Vectors that are compared, or written, at once."""

LEADING = 64
"""Principal axes in whose plane the centres lie, at most."""

LEARNED_FROM, ROUNDS, SEED = 32, 8, 0x1D5
"""Vectors for each centre that the centres are learned from, rounds of k-means, and its seed."""

WINDOW = 2**28
"""Bytes of codes that are put in order at once: each such part reads all vectors, one after the other."""

MANY, COMPARED_AT_ONCE = 64, 2**22
"""Vectors beyond which the nearest of all are looked for at once, and how many pairs are compared then."""

CANCELLED = 1e-12
"""What |z|² - 2 z·x + |x|² may be wrong by, as a share of |z|² + |x|²; whatever is so near is compared without it."""

SINGLE = 2.0**-23
"""What a single-precision number may be wrong by, as a share of it."""

READ = 2**15
"""Vectors that one thread compares before it tells what it found."""

COMPARED = 16
"""How many times as many vectors as are asked for are compared exactly, at least 64."""


@dataclass(frozen=True, eq=False)
class Lists:
    """Vectors (n, d) in k lists, each as what it differs by from the centre of its list.

    Attributes
    ----------
    centres : float32 array (k, d)
    starts : int array (k + 1,)
        Where each list begins in the arrays below, and where the last one ends.
    rows : int array (n,)
        Of the vectors, list by list, ascending within each.
    scales : float32 array (n,)
        What a step of each code is worth.
    codes : int8 array (n, d)
        The differences in these steps; may be memory-mapped.
    probes : int
        Lists that a search reads.
    """

    centres: Singles
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.integer]
    scales: Singles
    codes: npt.NDArray[np.int8]
    probes: int

    def with_probes(self, probes: int) -> Lists:
        """Return the same lists, of which a search reads another number."""
        return replace(self, probes=min(probes, len(self.centres)))

    def turns(self, vector: npt.NDArray[np.floating]) -> Rows:
        """Return when each list has its turn in a search for a vector (d,), from 0, shape (k,)."""
        turns = np.empty(len(self.centres), np.intp)
        turns[np.argsort(self._far(vector), kind="stable")] = np.arange(len(turns))
        return turns

    def _far(self, vector: npt.NDArray[np.floating]) -> Singles:
        return np.asarray(np.square(self.centres - vector.astype(np.float32)).sum(axis=1))

    def candidates(self, vector: Singles, count: int) -> Rows:
        """Return the rows of about ``count`` vectors that seem to be nearest to one, (d,), in no order."""
        found, distances, seen = [], [], 0
        for probed, one in enumerate(np.argsort(self._far(vector), kind="stable")):
            if probed >= self.probes and seen >= count:
                break
            part = slice(int(self.starts[one]), int(self.starts[one + 1]))
            differences = self.codes[part] * self.scales[part, None] - (vector - self.centres[one])
            distances.append(np.einsum("ij,ij->i", differences, differences))
            found.append(np.asarray(self.rows[part], np.intp))
            seen += len(found[-1])
        rows, far = np.concatenate(found), np.concatenate(distances)
        return rows if len(rows) <= count else rows[np.argpartition(far, count)[:count]]


def count_of_lists(count: int) -> int:
    """Return how many lists serve so many vectors: the power of two next to 2.5 √n."""
    return 1 << max(4, round(math.log2(2.5 * math.sqrt(count))))


def learn_centres(vectors: npt.NDArray[np.floating], lists: int, axes: PrincipalAxes) -> Singles:
    """Return centres (k, d) of so many lists, by k-means on some of the vectors (n, d), evenly spaced.

    They lie in the plane of the first `LEADING` principal axes, where the nearest of them is found in a fraction of the
    time: what a vector is off the plane, it is off all centres.
    """
    from sklearn.cluster import KMeans  # takes a second to load

    some = np.unique(np.linspace(0, len(vectors) - 1, LEARNED_FROM * lists).astype(np.intp))
    values = axes.project(vectors[some], LEADING).astype(np.float32)
    means = KMeans(min(lists, len(values)), init="random", n_init=1, max_iter=ROUNDS, tol=0.0, random_state=SEED)
    with single_threaded_algebra:
        found = means.fit(values).cluster_centers_
    return axes.restore(found).astype(np.float32)


def assign(
    vectors: npt.NDArray[np.floating],
    centres: Singles,
    axes: PrincipalAxes,
    tell: Callable[[int], None] | None = None,
) -> npt.NDArray[np.int32]:
    """Return the nearest of some centres (k, d) of :func:`learn_centres` to each of the vectors (n, d).

    ``tell`` is told after each block how many vectors are done.
    """
    plane = axes.axes[:LEADING].T.astype(np.float32)
    mean = axes.mean.astype(np.float32)
    places = ((centres - mean) @ plane).T
    halves = np.square(places).sum(axis=0) / 2
    nearest, done = np.empty(len(vectors), np.int32), 0

    def work(block: Floats) -> Rows:
        scores = (block.astype(np.float32) - mean) @ plane @ places
        scores -= halves
        return np.asarray(scores.argmax(axis=1))

    for part in map_blocks(work, vectors):
        nearest[done : done + len(part)] = part
        done += len(part)
        if tell:
            tell(done)
    return nearest


def count_read(count: int, dimension: int) -> int:
    """Return how many vectors :func:`codes_in_order` reads of so many: all, for each part of the codes."""
    return count * -(-count // max(ROWS, WINDOW // dimension))


def codes_in_order(
    vectors: npt.NDArray[np.floating],
    centres: Singles,
    lists: npt.NDArray[np.int32],
    tell: Callable[[int], None] | None = None,
) -> Iterator[tuple[npt.NDArray[np.int8], Singles]]:
    """Yield codes (m, d) and their scales (m,), list by list, as :class:`Lists` holds them, for parts of all vectors.

    Each part reads all vectors, in their order on the disk. ``tell`` is told how many vectors are read, of all that
    will be.
    """
    count, dimension = vectors.shape
    place = np.empty(count, np.int64)
    place[np.argsort(lists, kind="stable")] = np.arange(count)
    window, done = max(ROWS, WINDOW // dimension), 0
    for first in range(0, count, window):
        codes = np.empty((min(window, count - first), dimension), np.int8)
        scales = np.empty(len(codes), np.float32)
        for start in range(0, count, ROWS):
            here = place[start : start + ROWS] - first
            inside = (here >= 0) & (here < len(codes))
            if inside.any():
                block = np.asarray(vectors[start : start + ROWS], np.float32)[inside]
                block -= centres[lists[start : start + ROWS][inside]]
                steps = np.abs(block).max(axis=1) / np.float32(127)
                scales[here[inside]] = steps
                codes[here[inside]] = np.rint(block / np.where(steps > 0, steps, 1)[:, None])
            done += len(here)
            if tell:
                tell(done)
        yield codes, scales


def nearest_listed(lists: Lists, vectors: npt.NDArray[np.floating], few: Floats, count: int) -> tuple[Rows, Floats]:
    """Return rows and distances, (m, count) each, of the vectors (n, d) nearest to each of a few (m, d), by an index.

    Of what the index takes for nearest, the distances are exact; others, rarely, it does not see.
    """
    rows = np.full((len(few), count), -1, np.intp)
    distances = np.full((len(few), count), np.inf)
    for number, one in enumerate(few):
        seen = np.sort(lists.candidates(one.astype(np.float32), max(64, COMPARED * count)))
        seen = seen[(seen >= 0) & (seen < len(vectors))]  # of a file that was altered
        exact = np.square(np.asarray(vectors[seen], np.float64) - one).sum(axis=1)
        best = np.argsort(exact, kind="stable")[:count]
        rows[number, : len(best)], distances[number, : len(best)] = seen[best], np.sqrt(exact[best])
    return rows, distances


def nearest_exactly(
    vectors: npt.NDArray[np.floating],
    few: Floats,
    count: int,
    tell: Callable[[int], None] | None = None,
) -> tuple[Rows, Floats]:
    """Return rows and distances, (m, count) each, of the vectors (n, d) nearest to each of a few (m, d).

    Nearest first, and of equals the first row; all vectors are read, in blocks. ``tell`` is told after each how many
    are done. Where there are fewer than ``count`` vectors, so many columns are returned.
    """
    if len(few) > MANY:
        return _nearest_of_many(vectors, few, count, tell)
    squares = np.square(few).sum(axis=1)

    def closest(block: Floats) -> tuple[int, list[tuple[Rows, Floats]]]:
        lengths = np.square(block).sum(axis=1)[:, None]
        found = lengths - 2 * block @ few.T + squares
        slack = CANCELLED * (lengths.max() + squares)
        size = min(count, len(found))
        bounds = np.partition(found, size - 1, axis=0)[size - 1] + slack
        kept = [np.flatnonzero(found[:, i] <= bounds[i]) for i in range(len(few))]
        return len(block), [(rows, np.square(block[rows] - few[i]).sum(axis=1)) for i, rows in enumerate(kept)]

    best, done = [(np.empty(0, np.intp), np.empty(0))] * len(few), 0
    for length, parts in map_blocks(closest, vectors, ROWS):
        for i, (rows, squared) in enumerate(parts):
            joined, far = np.append(best[i][0], rows + done), np.append(best[i][1], squared)
            order = np.argsort(far, kind="stable")[:count]
            best[i] = joined[order], far[order]
        done += length
        if tell:
            tell(done)
    return np.stack([rows for rows, _ in best]), np.sqrt(np.stack([squared for _, squared in best]))


def nearest_rows(
    vectors: npt.NDArray[np.floating], radii: npt.NDArray[np.floating], few: Floats, counts: Sequence[int]
) -> list[Rows]:
    """Return the rows of the vectors (n, d) nearest to each of a few (m, d): as many as the counts say, m of them.

    Nearest first, and of equals the first row. Products in single precision and the ``radii`` |x| of all vectors, (n,),
    tell which can be among them, with what they may be wrong by; those alone are compared exactly.
    """
    lengths = np.linalg.norm(few, axis=1)
    singles, squares = -2 * few.astype(np.float32).T, np.square(lengths)
    doubt = SINGLE * (vectors.shape[1] + 4) * lengths
    bounds = np.full(len(few), np.inf)  # of the last that is asked for: they only fall, and may be read while they do

    def closest(start: int, stop: int) -> list[_Near]:
        found, known = [_Near.none() for _ in few], bounds.copy()
        for first in range(start, stop, BLOCK):
            rows = slice(first, min(first + BLOCK, stop))
            length = np.asarray(radii[rows], np.float64)
            square = np.square(length)
            products = np.asarray(vectors[rows], np.float32) @ singles  # |x - z|² less |x|² and |z|²
            edges = np.outer(length, doubt)
            edges += ((4 * SINGLE - 1) * square)[:, None]
            edges += known - squares
            close = ~(products > edges)
            for i in np.flatnonzero(close.any(axis=0)).tolist():
                seen = np.flatnonzero(close[:, i])
                far = products[seen, i] + square[seen] + squares[i]
                slack = doubt[i] * length[seen] + 4 * SINGLE * square[seen]
                found[i] = found[i].with_others(first + seen, far - slack, far + slack)
                found[i], bound = found[i].closest(counts[i])
                known[i] = min(known[i], bound)
        return found

    best = [_Near.none() for _ in few]
    for parts in map_ranges(closest, len(vectors), READ):
        for i, part in enumerate(parts):
            best[i], bound = best[i].with_others(part.rows, part.low, part.high).closest(counts[i])
            bounds[i] = min(bounds[i], bound)
    return [_in_order(vectors, near.rows, one, count) for near, one, count in zip(best, few, counts, strict=True)]


@dataclass(frozen=True, eq=False)
class _Near:
    """Rows, ascending, that can be among the nearest, and between what their squared distances lie; (k,) each."""

    rows: Rows
    low: Floats
    high: Floats

    @classmethod
    def none(cls) -> _Near:
        return cls(np.empty(0, np.intp), np.empty(0), np.empty(0))

    def with_others(self, rows: Rows, low: Floats, high: Floats) -> _Near:
        """Return the same with later rows."""
        return _Near(np.append(self.rows, rows), np.append(self.low, low), np.append(self.high, high))

    def closest(self, count: int) -> tuple[_Near, float]:
        """Return those that can be among the ``count`` nearest, and what these are not farther than, squared."""
        if len(self.rows) < count:
            return self, np.inf
        bound = float(np.partition(self.high, count - 1)[count - 1])
        near = ~(self.low > bound)
        return _Near(self.rows[near], self.low[near], self.high[near]), bound


def _in_order(vectors: npt.NDArray[np.floating], rows: Rows, one: Floats, count: int) -> Rows:
    """Return the ``count`` of some rows that are nearest to a vector (d,)."""
    exact = np.square(np.asarray(vectors[rows], np.float64) - one).sum(axis=1)
    return rows[np.argsort(exact, kind="stable")[:count]]


def _nearest_of_many(
    vectors: npt.NDArray[np.floating], few: Floats, count: int, tell: Callable[[int], None] | None
) -> tuple[Rows, Floats]:
    """Return the same for many vectors at once; of those that are equally near to the last digits, any may come first.

    The distances are exact even so.
    """
    squares, columns = np.square(few).sum(axis=1), np.arange(len(few))

    def closest(block: Floats) -> tuple[int, Rows, Floats]:
        found = np.square(block).sum(axis=1)[:, None] - 2 * block @ few.T + squares
        size = min(count, len(found))
        kept = np.sort(np.argpartition(found, size - 1, axis=0)[:size], axis=0)
        return len(block), kept, found[kept, columns]

    rows, distances, done = np.empty((0, len(few)), np.intp), np.empty((0, len(few))), 0
    for length, kept, squared in map_blocks(closest, vectors, max(BLOCK // 8, min(ROWS, COMPARED_AT_ONCE // len(few)))):
        rows, distances = np.concatenate([rows, kept + done]), np.concatenate([distances, squared])
        order = np.argsort(distances, axis=0, kind="stable")[:count]
        rows, distances = np.take_along_axis(rows, order, axis=0), np.take_along_axis(distances, order, axis=0)
        done += length
        if tell:
            tell(done)
    exact = np.stack([np.square(np.asarray(vectors[near], np.float64) - few).sum(axis=1) for near in rows])
    order = np.argsort(exact, axis=0, kind="stable")
    rows, exact = np.take_along_axis(rows, order, axis=0), np.take_along_axis(exact, order, axis=0)
    return rows.T, np.sqrt(exact.T)
