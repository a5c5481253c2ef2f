"""The radii of the bundled studies' samples follow the laws that are drawn beside them."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from core.statistics import Description, radii
from core.strategies import STRATEGIES, make_strategy, stream
from core.study import Study, open_study
from core.study.describing import describe_study
from core.study.fits import fit_strategy

pytestmark = pytest.mark.no_cover

COUNT = 20_000

BOUND = 1.95 / math.sqrt(COUNT)
"""The 0.1 % point of the Kolmogorov-Smirnov distance."""

PRESETS: list[tuple[str, dict[str, object]]] = [
    *[("cube", {"scale": scale}) for scale in (2 / 3, 1.0, 4 / 3, 10 / 3)],
    *[("interval", {"k": k}) for k in (1.0, 1.5, 2.0, 3.0)],
    *[("interval", {"k": k, "centre": "origin"}) for k in (1.0, 2.0)],
    *[("ellipsoid", {"components": m, "k": k}) for m in (1, 2, 3, 5, 20, 60, 120, 256) for k in (2.0, 3.0)],
    *[
        ("ellipsoid", {"components": m, "k": k, "cut": "pairs"})
        for m, k in ((20, 3.0), (60, 3.0), (60, 4.0), (256, 4.0))
    ],
    *[(key, {}) for key in ("gaussian", "standard_normal", "marginal", "mvn", "t", "shell")],
    ("mixture", {"components": 10}),
]


@pytest.fixture(scope="module", params=["celeba", "celeba-batchnorm"])
def described(request: pytest.FixtureRequest, bundled: Study) -> tuple[Study, Description]:
    """Return each bundled study with its statistics."""
    study = open_study(bundled.folder.with_name(request.param))
    return study, describe_study(study)


@pytest.mark.parametrize(("key", "parameters"), PRESETS, ids=lambda p: str(p))
def test_sampled_radii_follow_the_law(
    described: tuple[Study, Description], key: str, parameters: dict[str, object]
) -> None:
    strategy = fit_strategy(*described, make_strategy(key, parameters))
    law = strategy.radius_law()
    assert law is not None
    drawn = radii(strategy.sample(COUNT, stream(1, strategy)))
    assert stats.kstest(drawn, law.cdf).statistic <= BOUND
    assert law.mean == pytest.approx(drawn.mean(), abs=5 * drawn.std() / math.sqrt(COUNT))
    assert law.deviation == pytest.approx(drawn.std(), rel=0.05)


def test_every_strategy_with_a_law_is_held_against_it() -> None:
    with_law = {s.key for s in STRATEGIES} - {"copula", "flow", "diffusion", "local", "neighbours", "aggregate", "data"}
    assert {key for key, _ in PRESETS} == with_law
