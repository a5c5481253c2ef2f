"""The views of a bulk: along principal axes or components, attributes, a discriminant, or on a map."""

from __future__ import annotations

from core.space.quantities import Direction
from core.space.traits import ACROSS, attribute_plane, discriminant_plane
from core.study import Study

__all__ = ["ATTRIBUTES", "DISCRIMINANT", "UMAP", "VIEWS", "plane_of"]

ATTRIBUTES, DISCRIMINANT, UMAP = "attributes", "discriminant", "umap"

VIEWS = {
    "plane": "A plane",
    "space": "A space",
    ATTRIBUTES: "Along attributes",
    DISCRIMINANT: "A discriminant",
    UMAP: "UMAP",
}
"""As addresses and as readers call them; the first two are of principal axes or components."""


def plane_of(study: Study, view: str, across: str = "", up: str = ACROSS, of: str = "") -> tuple[Direction, Direction]:
    """Return the directions of one of the last three views.

    Raises
    ------
    InputError
        If the study has no such attribute.
    """
    if view == ATTRIBUTES:
        return attribute_plane(study, across, up)
    return discriminant_plane(study, of) if view == DISCRIMINANT else (("umap", 0), ("umap", 1))
