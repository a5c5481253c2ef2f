"""The pictures of the story with their alternative texts; the words beside them stand in the captions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.figures import story as figures
from core.figures.radii import radius_histogram
from core.space.story import cube_lengths

__all__ = ["bell", "corners", "distances", "drawn", "lengths", "numbers", "pair"]

Floats = npt.NDArray[np.floating]


def numbers(scene: Scene, vector: Floats) -> Exhibit:
    """Return the numbers of a vector (d,) as grey cells."""
    moments = scene.described.moments
    image = Wall(figures.field(vector, moments.mean, moments.widths), 1, 1)
    return Exhibit("story_numbers", "", image, f"{len(vector)} numbers as grey cells", "")


def drawn(scene: Scene, wall: Wall) -> Exhibit:
    """Return the first vectors of a sample as pictures."""
    alt = f"{wall.count} pictures of vectors drawn by {scene.sample.label}"
    return Exhibit("story_drawn", "", wall, alt, "")


def corners(dimension: int) -> Exhibit:
    """Return where the points of a cube lie between its middle and a corner."""
    chart = figures.corners(cube_lengths(dimension), dimension)
    alt = f"how far points of a cube of {dimension} numbers lie from its middle, as a share of the way to a corner"
    return Exhibit("story_corners", "", chart, alt, "")


def lengths(scene: Scene) -> Exhibit:
    """Return the lengths of the vectors of both sides."""
    chart = radius_histogram(scene.described, scene.sample, height=figures.HEIGHT, theory=False)
    chart.update_xaxes(title="length of the vector of numbers").update_yaxes(title="")
    alt = f"lengths of the vectors of {scene.described.title} and of {scene.sample.label}"
    return Exhibit("story_lengths", "", chart, alt, "")


def distances(scene: Scene) -> Exhibit:
    """Return the distances of the vectors of both sides from the middle of the data."""
    data, sample = scene.described, scene.sample
    chart = figures.distances(data, sample.description.distances, sample.title)
    alt = f"distances from the middle of {data.title}, of its vectors and of {sample.label}"
    return Exhibit("story_distances", "", chart, alt, "")


def bell(scene: Scene, beyond: float, revealed: bool) -> Exhibit:
    """Return the distances of a bell-shaped cloud, and those of the data where they are revealed."""
    data = scene.described
    directions = max(1, int((data.moments.widths > 0).sum()))
    chart = figures.bell(data if revealed else None, directions, beyond)
    alt = "distances from the middle in a perfect bell" + f", and those of {data.title}" * revealed
    return Exhibit("story_bell", "", chart, alt, "")


def pair(scene: Scene, components: tuple[int, int]) -> Exhibit:
    """Return the vectors of both sides along two of their numbers."""
    both = list(components)
    labels = (f"number {both[0] + 1}", f"number {both[1] + 1}")
    points = (scene.reference.vectors[:, both], scene.sample.vectors[:, both])
    chart = figures.pair(*points, labels, scene.described.title, scene.sample.title)
    alt = f"vectors of {scene.described.title} and of {scene.sample.label} along {labels[0]} and {labels[1]}"
    return Exhibit("story_pair", "", chart, alt, "")
