"""An index of a large study's vectors on disk, through which the nearest of them are found without reading all.

It is derived, as the summary is, and lies beside that in a folder of plain arrays, which are opened memory-mapped and
never unpickled. How many of the nearest vectors it finds is measured when it is made, and kept with it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.progress import Listener, Progress
from core.statistics import EXACT, Description
from core.statistics.nearest import (
    Lists,
    assign,
    codes_in_order,
    count_of_lists,
    count_read,
    learn_centres,
    nearest_exactly,
    nearest_listed,
)
from core.storage import appending, whole_folder
from core.study.description import Study
from core.study.files import sampled_sha256
from core.study.kept import DAMAGE, keep_derived, load_derived, place_of, places_of

__all__ = ["FOLDER", "Index", "build_index", "find_index", "index_stamps", "is_worth_an_index"]

FOLDER, FILE = "index", "index.npz"

SCHEMA = 1

ARRAYS = ("centres", "starts", "rows", "scales", "codes")
"""Files of these names, as :class:`core.statistics.nearest.Lists` has them."""

ASKED, NEAREST, SEED = 100, 10, 0x2EC
"""Vectors that the index is tried with, how many neighbours of each are looked for, and the seed of both."""

ENOUGH = 0.97
"""Share of the nearest vectors whose lists are to be read: as many are as that takes, up to `MOST_PROBES`."""

FEWEST_PROBES, MOST_PROBES = 8, 512
"""Lists that a search reads, at least and at most."""


@dataclass(frozen=True, eq=False)
class Index:
    """An index with what it was found to be worth.

    Attributes
    ----------
    lists : Lists
    recall_of_own, recall_of_drawn : float
        Share of the ten nearest vectors that it finds: of 100 of the study's own at random, and of 100 drawn from the
        normal law of its mean and covariance.
    """

    lists: Lists
    recall_of_own: float
    recall_of_drawn: float

    def describe(self) -> str:
        """Return what it is and what it finds, in one line."""
        return (
            f"{len(self.lists.centres):,} lists, of which a search reads {self.lists.probes:,}; of the {NEAREST} "
            f"nearest vectors it finds {self.recall_of_own:.1%} for {ASKED} of the study's own and "
            f"{self.recall_of_drawn:.1%} for {ASKED} drawn from their normal law"
        )


def is_worth_an_index(study: Study) -> bool:
    """Return whether a study is so large that a search for the nearest vectors is to go through an index."""
    return len(study) > EXACT


def find_index(study: Study) -> Index | None:
    """Return the index that was kept of a study's vectors, with the study or in the cache; None without a sound one."""
    if not is_worth_an_index(study):
        return None
    for folder in places_of(study, FOLDER):
        if (index := _open(folder, study)) is not None:
            return index
    return None


def index_stamps(study: Study) -> tuple[int, ...]:
    """Return when the index of a study was written, in each place where it may lie; 0 where it does not."""
    files = [folder / FILE for folder in places_of(study, FOLDER)]
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)


def build_index(study: Study, description: Description, report: Listener | None = None) -> Index:
    """Make the index of a study's vectors, measure what it finds, and keep it.

    Parameters
    ----------
    study : Study
    description : Description
        Of its vectors.
    report : callable, optional
        Told how far it is.

    Raises
    ------
    InputError
        If it cannot be kept: the server is public, the disk is full or not to be written to.
    """
    folder = place_of(study, FOLDER)
    if folder is None:
        raise InputError("This server is open to the public and writes nothing; run zpoints on a machine of your own.")
    vectors, count = study.latents, len(study)

    def telling(task: str, total: int) -> Callable[[int], None]:
        return lambda done: report(Progress(task, done, total, "vectors")) if report else None

    if report:
        report(Progress("learning where the lists lie", 0, 1, "rounds"))
    centres = learn_centres(vectors, count_of_lists(count), description.axes)
    lists = assign(vectors, centres, description.axes, telling("sorting vectors into lists", count))
    with suppress(OSError):
        folder.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(folder, replace=True) as partial:
        order = np.argsort(lists, kind="stable")
        np.save(partial / "centres.npy", centres)
        np.save(partial / "starts.npy", np.concatenate([[0], np.bincount(lists, minlength=len(centres)).cumsum()]))
        np.save(partial / "rows.npy", order.astype(np.int32 if count < 2**31 else np.int64))
        del order
        parts = codes_in_order(
            vectors, centres, lists, telling("writing the lists", count_read(count, study.dimension))
        )
        with (
            appending(partial / "codes.npy", np.int8, (study.dimension,)) as append,
            appending(partial / "scales.npy", np.float32, ()) as append_scale,
        ):
            for codes, scales in parts:
                append(codes)
                append_scale(scales)
        index = _measured(study, description, _lists(partial, 1), lists, telling)
        arrays = {"probes": np.array(index.lists.probes)}
        arrays |= {f.name: np.array(getattr(index, f.name)) for f in fields(Index) if f.name != "lists"}
        arrays |= {f"sampled_{name}": np.array(sampled_sha256(partial / f"{name}.npy")) for name in ARRAYS}
        if not keep_derived(partial / FILE, _key(study), arrays):
            raise InputError(f"{folder} cannot be written; free some space, or allow it.")
    kept = _open(folder, study)
    if kept is None:
        raise InputError(f"{folder} was altered while it was written; make the index anew.")
    return kept


def _measured(
    study: Study,
    description: Description,
    lists: Lists,
    owners: npt.NDArray[np.int32],
    telling: Callable[[str, int], Callable[[int], None]],
) -> Index:
    """Return the index with as many probes as find enough, and what share of the nearest vectors it finds so.

    ``owners`` (n,) are the lists that the vectors lie in: a neighbour is missed where its list comes too late.
    """
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.choice(len(study), ASKED, replace=False))
    own = np.asarray(study.latents[rows], np.float64)
    axes = description.axes
    drawn = axes.restore(rng.standard_normal((ASKED, study.dimension)) * np.sqrt(axes.variances))
    asked = np.concatenate([own, drawn])
    exact, _ = nearest_exactly(study.latents, asked, NEAREST + 1, telling("measuring what it finds", len(study)))
    wanted = [one[one != row][:NEAREST] for one, row in zip(exact, [*rows, *[-1] * ASKED], strict=True)]
    turns = np.stack([lists.turns(one)[owners[near]] for one, near in zip(asked, wanted, strict=True)])
    probes = FEWEST_PROBES
    while probes < min(MOST_PROBES, len(lists.centres)):
        if min((turns[:ASKED] < probes).mean(), (turns[ASKED:] < probes).mean()) >= ENOUGH:
            break
        probes *= 2
    tried = lists.with_probes(probes)
    found, _ = nearest_listed(tried, study.latents, asked, NEAREST + 1)
    shares = [float(np.isin(near, seen).mean()) for near, seen in zip(wanted, found, strict=True)]
    return Index(tried, float(np.mean(shares[:ASKED])), float(np.mean(shares[ASKED:])))


def _key(study: Study) -> str:
    return f"{study.vectors_digest} {SCHEMA}"


def _open(folder: Path, study: Study) -> Index | None:
    """Return an index from its folder; None where a file is not the one that was written."""
    arrays = load_derived(folder / FILE, _key(study))
    if arrays is None:
        return None
    try:
        sampled = {name: sampled_sha256(folder / f"{name}.npy") for name in ARRAYS}
        lists = _lists(folder, int(arrays["probes"]))
        sound = all(sampled[name] == arrays[f"sampled_{name}"].item() for name in ARRAYS)
        count, dimension = len(study), study.dimension
        sound &= lists.codes.shape == (count, dimension) and lists.rows.shape == lists.scales.shape == (count,)
        sound &= lists.centres.shape == (len(lists.starts) - 1, dimension) and int(lists.starts[-1]) == count
        found = Index(lists, float(arrays["recall_of_own"]), float(arrays["recall_of_drawn"]))
    except DAMAGE:
        return None
    return found if sound else None


def _lists(folder: Path, probes: int) -> Lists:
    small = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("centres", "starts")}
    mapped = {name: np.load(folder / f"{name}.npy", "r", allow_pickle=False) for name in ("rows", "scales", "codes")}
    return Lists(**small, **mapped, probes=probes)
