"""What exhibits of a study are made of, each part computed once however many samples it is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.exhibits.exhibit import Wall
from core.exhibits.faces import COLUMNS, CYCLED, FACES
from core.exhibits.scene import Scene
from core.figures.faces import wall
from core.networks import Autoencoder
from core.progress import Listener
from core.scores import cycle_errors, scales_of
from core.selection import Selected, from_address, select
from core.selection.selected import frame_along
from core.selection.several import MOST
from core.space.frames import Frame, is_plain
from core.space.inspection import nearest_vectors
from core.space.planes import Direction, Plane, check_directions, make_plane
from core.space.sample import Sample, draw_reference, draw_sample
from core.space.shown import Shown, shown_of
from core.statistics import (
    Core,
    Description,
    Outermost,
    Shape,
    cluster_order,
    far_out,
    find_core,
    shape,
    shape_of_all,
)
from core.strategies import Recipe
from core.study import Study
from core.study.clouds import find_cloud
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.pictures import Portraits
from core.tables import pair_table

__all__ = ["Views"]


class _Walled(NamedTuple):
    """Pictures side by side, and which of them are missing, one sentence or ""."""

    wall: Wall
    complaint: str


class Views:
    """A study as it is looked at, with samples of ``count`` vectors and one seed.

    Parameters
    ----------
    study : Study
    count, seed : int
        Of each sample, and of the vectors on the side of the data.
    chosen : sequence of (str, str)
        Rules of selections as addresses write them, each with its name; "" where a place is free.
    """

    def __init__(self, study: Study, count: int, seed: int, chosen: Sequence[tuple[str, str]] = ()) -> None:
        self.study, self.count, self.seed, self.chosen = study, count, seed, tuple(chosen)
        self._projected: dict[tuple[Direction, ...], npt.NDArray[np.float64]] = {}
        self._frames: dict[tuple[Direction, ...], Frame] = {}
        self._walls: dict[str, _Walled] = {}
        self._errors: dict[str, npt.NDArray[np.float64]] = {}
        self._shapes: dict[tuple[str, bool], Shape] = {}

    @cached_property
    def described(self) -> Description:
        """The statistics of the study."""
        return describe_study(self.study)

    @cached_property
    def autoencoder(self) -> Autoencoder:
        """Of the study; raises `InputError` where it has none."""
        return self.study.load_autoencoder()

    @cached_property
    def reference(self) -> Sample:
        """The vectors on the side of the data."""
        return draw_reference(self.study, self.described, self.count, self.seed)

    @cached_property
    def selected(self) -> tuple[Selected, ...]:
        """What is selected; raises `InputError` for what is no rule of the study."""
        if len(self.chosen) > MOST:
            raise InputError(f"There are {MOST} selections at once, at most, not {len(self.chosen)}.")
        rules = [(place, from_address(text), name) for place, (text, name) in enumerate(self.chosen) if text]
        return tuple(
            Selected(rule, select(rule, self.study, self.described), name, place) for place, rule, name in rules
        )

    @cached_property
    def shown(self) -> Shown:
        """The vectors that stand for the study in pictures: all, or a sample."""
        return shown_of(self.study)

    @cached_property
    def order(self) -> npt.NDArray[np.intp]:
        """The components, correlated ones side by side."""
        return cluster_order(self.described.moments.correlations)

    @cached_property
    def largest(self) -> npt.NDArray[np.float64] | Outermost:
        """The two largest absolute whitened coordinates (n, 2) of each vector, or their counts."""
        return far_out(self.study.latents, self.described)

    @cached_property
    def whole(self) -> Core:
        """All vectors that are shown, as the core of which nothing was removed."""
        return find_core(self.shown.vectors, self.shown.described(self.described), 1.0)

    def core(self, share: float) -> Core:
        """Return a share of the vectors that are shown, those nearest to the centre."""
        return self.whole if share == 1 else find_core(self.shown.vectors, self.shown.described(self.described), share)

    def scene(self, recipe: Recipe, against: Recipe | None = None, report: Listener | None = None) -> Scene:
        """Return a sample of a strategy, and of another, held against the study.

        Raises
        ------
        InputError
            If a strategy has to be trained first.
        """
        sample = self._drawn(recipe, report)
        other = None if against is None else self._drawn(against, report)
        return Scene(self.study, self.described, self.reference, sample, other, selected=self.selected)

    def _drawn(self, recipe: Recipe, report: Listener | None) -> Sample:
        fitted = fit_strategy(self.study, self.described, recipe.make(), report)
        return draw_sample(self.study, self.described, fitted, self.count, self.seed)

    def along(self, directions: tuple[Direction, ...]) -> npt.NDArray[np.float64]:
        """Return the coordinates (n, k) of what is shown along k directions; raise `InputError` for no such."""
        if (frame := self.frame(directions)) is None:
            check_directions(directions, self.study.dimension)
        if directions not in self._projected:
            along = self.described.axes.along
            self._projected[directions] = (
                along(self.shown.vectors, directions) if frame is None else frame.at(self.study, self.shown.rows)
            )
        return self._projected[directions]

    def frame(self, directions: tuple[Direction, ...]) -> Frame | None:
        """Return the frame of directions that are more than axes and components; None of those."""
        if is_plain(directions):
            return None
        if directions not in self._frames:
            self._frames[directions] = frame_along(self.study, self.described, directions)
        return self._frames[directions]

    def plane(self, directions: tuple[Direction, Direction], samples: Iterable[Sample]) -> Plane:
        """Return the plane of two directions with samples in it."""
        frame = self.frame(directions)
        cloud = find_cloud(self.study, directions) if frame is None else None
        return make_plane(self.described, self.along(directions), list(samples), directions, frame, cloud)

    def pairs(self, samples: Iterable[Sample]) -> pd.DataFrame:
        """Return the strongest pairs of components, beside those of samples."""
        return pair_table(self.shown.vectors, self.described.moments, *(one.description.moments for one in samples))

    def shape(self, along_axes: bool, sample: Sample | None = None) -> Shape:
        """Return how normal the vectors of the study are, or of a sample, by components or along the study's axes."""
        name = ("" if sample is None else sample.stem, along_axes)
        if name not in self._shapes:
            self._shapes[name] = (
                shape_of_all(self.study.latents, self.described, along_axes)
                if sample is None
                else shape(sample.vectors, self.described.axes if along_axes else None)
            )
        return self._shapes[name]

    def core_shape(self, share: float, along_axes: bool) -> Shape:
        """Return how normal a core is, along its own axes."""
        core = self.core(share)
        return shape(self.shown.vectors[core.kept], core.axes if along_axes else None)

    def wall(self, sample: Sample) -> _Walled:
        """Return the first vectors of a sample, decoded or by the pictures of the nearest vectors."""
        if sample.stem not in self._walls:
            shown = min(FACES, len(sample))
            found = self.portraits(sample.vectors[:shown])
            self._walls[sample.stem] = _Walled(Wall(wall(found.images, COLUMNS), shown, COLUMNS), found.complaint)
        return self._walls[sample.stem]

    def wall_of(self, vectors: npt.NDArray[np.floating], columns: int) -> _Walled:
        """Return some vectors (n, d), decoded or by the pictures of the nearest, so many in a row."""
        found = self.portraits(vectors)
        return _Walled(Wall(wall(found.images, columns), len(vectors), columns), found.complaint)

    def portraits(self, vectors: npt.NDArray[np.floating]) -> Portraits:
        """Return vectors (n, d) as they are shown: decoded, or by the given picture of the nearest vector to each."""
        if self.study.has_decoder:
            return Portraits(self.autoencoder.decode(vectors), "")
        return self.study.pictures.read(nearest_vectors(self.study, vectors)[0][:, 0])

    def cycle_errors(self, sample: Sample) -> npt.NDArray[np.float64]:
        """Return the cycle errors of the first vectors of a sample."""
        if sample.stem not in self._errors:
            widths = scales_of(self.study, self.described.moments.widths)
            self._errors[sample.stem] = cycle_errors(self.autoencoder, sample.vectors[:CYCLED], widths)
        return self._errors[sample.stem]
