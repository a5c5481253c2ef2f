"""A strategy fitted to a selection knows of nothing else, and is kept under the digest of the rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import MissingError
from core.selection import Selected, parse, select
from core.selection.parts import ENOUGH, draw_of_part, fit_to_part, part_of
from core.settings import cache_folder
from core.statistics import describe
from core.strategies import Recipe
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors
from tests.helpers.ladder import AT_ONCE


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of two groups, ten standard deviations apart in one component of eight."""
    rng = np.random.default_rng(5)
    second = np.arange(900) % 3 == 0
    vectors = rng.normal(size=(900, 8))
    vectors[second, 2] += 10
    rows = pd.DataFrame({"second": pd.array(second, "boolean"), "rare": pd.array(np.arange(900) < 120, "boolean")})
    return write_vectors(vectors, tmp_path_factory.mktemp("grouped") / "grouped", rows)


def chosen(study: Study, text: str, name: str = "") -> Selected:
    rule = parse(text)
    return Selected(rule, select(rule, study, describe_study(study)), name)


@pytest.mark.parametrize("strategy", AT_ONCE, ids=lambda s: s.key)
def test_what_is_fitted_to_one_group_draws_that_group_alone(grouped: Study, strategy: type) -> None:
    whole = describe_study(grouped)
    fitted = part_of(grouped, whole, chosen(grouped, "second", "the *others*"))
    assert (len(fitted.study), fitted.shrinkage) == (300, 0.0)
    made = fit_to_part(fitted, strategy())
    sample = draw_of_part(grouped, whole, fitted, made, 200, 0)
    if strategy.key not in ("cube", "standard_normal"):  # which know nothing of a place
        assert (sample.vectors[:, 2] > 4).all()
    assert "of the ∗others∗" in sample.title
    assert fitted.selected.digest[:16] in sample.stem
    if strategy.key == "data":
        assert grouped.rows["second"].to_numpy(bool)[sample.rows].all()
        assert (sample.vectors == grouped.latents[sample.rows]).all()
        assert (sample.images == grouped.rows["image"].to_numpy()[sample.rows]).all()


def test_a_fit_to_a_selection_is_kept_apart_from_that_to_all(grouped: Study) -> None:
    whole = describe_study(grouped)
    for text in ("second", "not second"):
        fit_to_part(part_of(grouped, whole, chosen(grouped, text)), Recipe.of("copula").make())
    kept = [path for path in cache_folder().rglob("*.npz") if "copula" in path.name]
    assert len({path.parent.parent for path in kept}) == 2
    assert not list(grouped.folder.rglob("copula*"))


def test_few_vectors_borrow_the_covariance_of_all(grouped: Study) -> None:
    whole = describe_study(grouped)
    few = part_of(grouped, whole, chosen(grouped, "rare and second"))
    assert few.selected.count < ENOUGH * grouped.dimension
    assert 0 < few.shrinkage < 1
    plain = describe(few.study.latents)
    expected = (1 - few.shrinkage) * plain.moments.covariance + few.shrinkage * whole.moments.covariance
    np.testing.assert_allclose(few.description.moments.covariance, expected)
    np.testing.assert_allclose(few.description.moments.mean, plain.moments.mean)
    white = np.linalg.solve(np.linalg.cholesky(expected), (few.study.latents - plain.moments.mean).astype(float).T)
    np.testing.assert_allclose(few.description.distances, np.linalg.norm(white, axis=0), rtol=1e-6)


def test_shrinkage_brings_the_covariance_of_few_nearer_to_their_law(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    law = np.diag(np.linspace(3, 0.2, 20))
    study = write_vectors(rng.normal(size=(4000, 20)) @ np.sqrt(law), tmp_path / "law")
    rule = parse("unusual(40)")
    some = Selected(rule, np.arange(4000) < 40)
    fitted = part_of(study, describe_study(study), some)
    raw = describe(fitted.study.latents).moments.covariance
    errors = [np.square(one - law).sum() for one in (fitted.description.moments.covariance, raw)]
    assert errors[0] < 0.3 * errors[1]


def test_too_few_vectors_and_what_is_trained_are_refused(grouped: Study) -> None:
    whole = describe_study(grouped)
    with pytest.raises(MissingError, match="30 vectors at least, and the selection has 5"):
        part_of(grouped, whole, chosen(grouped, "unusual(5)"))
    fitted = part_of(grouped, whole, chosen(grouped, "second"))
    with pytest.raises(MissingError, match="trained on whole studies alone"):
        fit_to_part(fitted, Recipe.of("diffusion").make())


def test_a_part_of_a_variational_study_has_the_noise_of_the_whole(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    study = write_vectors(rng.normal(size=(120, 4)), tmp_path / "noisy", log_variances=rng.normal(-2, 0.2, (120, 4)))
    some = chosen(study, "radius 1..")
    assert 30 <= some.count < 120
    fitted = part_of(study, describe_study(study), some)
    assert (fitted.study.latents == study.latents[some.mask]).all()
    assert fitted.study.posteriors is not None
    sample = fit_to_part(fitted, Recipe.of("aggregate").make()).sample(50, seed=0)
    assert sample.shape == (50, 4)
    assert len({study.vectors_digest, fitted.study.vectors_digest, study.with_means_alone().vectors_digest}) == 3
