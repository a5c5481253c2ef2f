"""A plane of a study as a page makes it."""

from __future__ import annotations

from core.space.planes import Direction, Plane, make_plane
from core.space.sample import draw_reference, draw_sample
from core.strategies import make_strategy
from core.study import Study
from core.study.describing import describe_study

AXES = (("axis", 0), ("axis", 1))
COMPONENTS = (("component", 0), ("component", 1))


def plane_of(study: Study, key: str = "gaussian", directions: tuple[Direction, Direction] = AXES) -> Plane:
    description = describe_study(study)
    bulk = description.axes.along(study.latents, directions)
    reference = draw_reference(study, description, 30, 0)
    sample = draw_sample(study, description, make_strategy(key), 20, 0)
    return make_plane(description, bulk, [reference, sample], directions)
