"""A diffusion model can be asked for attributes, and followed less or further than it has learned to go."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.networks.denoiser import Denoiser, DenoiserConfig, Guided
from core.networks.denoiser_training import _some_told
from core.strategies import ANYONE, Asked, Diffusion, Labels, Material, Recipe, make_strategy
from tests.helpers.bulks import bulk
from tests.strategies.test_diffusion import assert_density_is_of_what_is_drawn, with_random_network

CHECK = Asked("asked", "Asked for", "").check


def random_denoiser(labels: int = 2) -> Denoiser:
    config = DenoiserConfig(5, 16, 2, labels)
    return Denoiser(config, np.random.default_rng(0).normal(0, 0.3, config.count))


@given(st.dictionaries(st.sampled_from(["Big", "Old", "5_o_Clock", "Has glasses"]), st.booleans(), min_size=1))
def test_what_is_asked_for_is_written_as_it_is_read(wishes: dict[str, bool]) -> None:
    text = "+".join(name if wish else f"-{name}" for name, wish in wishes.items())
    assert CHECK(text) == text
    assert CHECK(f"{text}+{text}") == text
    recipe = Recipe.of("diffusion", {"asked": text})
    assert Recipe.parse("diffusion", recipe.text) == recipe
    assert recipe.fitted_stem == "diffusion"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("Big+-Big", "asked must be free of contradictions, but has Big and -Big."),
        ("Big,Old", "asked must be attributes, as in Smiling+-Male, or anyone, not 'Big,Old'."),
        ("Big+", "asked must be attributes, as in Smiling+-Male, or anyone, not ''."),
        ("--Big", "asked must be attributes, as in Smiling+-Male, or anyone, not '--Big'."),
        ("../Big", "asked must be attributes, as in Smiling+-Male, or anyone, not '../Big'."),
        ("Big+anyone", "asked must be attributes, as in Smiling+-Male, or anyone, not 'anyone'."),
        ("B" * 65, f"asked must be attributes, as in Smiling+-Male, or anyone, not '{'B' * 40}…'."),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_a_sentence(wrong: str, said: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(said)}$"):
        CHECK(wrong)


def test_a_guided_network_is_the_sum_that_its_formula_says() -> None:
    denoiser, rng = random_denoiser(), np.random.default_rng(1)
    u, tangents, labels = rng.normal(size=(7, 5)), rng.normal(size=(3, 7, 5)), np.array([1.0, -1.0])
    free, told = (denoiser.residual_along(u, 0.7, tangents, c) for c in (None, labels))
    assert np.abs(told[0] - free[0]).max() > 1e-3
    found = Guided(denoiser, 1.5, labels, 2.0).residual_along(u, 0.7, tangents)
    for mine, with_labels, without in zip(found, told, free, strict=True):
        np.testing.assert_allclose(mine, 1.5 * (with_labels + 2 * (with_labels - without)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(Guided(denoiser, 1.0, labels).residual(u, 0.7), told[0], rtol=1e-6)
    np.testing.assert_allclose(Guided(denoiser, 0.5).residual(u, 0.7), free[0] / 2, rtol=1e-6)


def test_labels_that_are_all_zero_tell_nothing_and_rows_may_have_labels_of_their_own() -> None:
    denoiser, u = random_denoiser(), np.random.default_rng(1).normal(size=(2, 5))
    np.testing.assert_array_equal(denoiser.residual_along(u, 0.7, labels=np.zeros(2))[0], denoiser.residual(u, 0.7))
    together = denoiser.residual_along(u, 0.7, labels=np.array([[1.0, 0.0], [0.0, -1.0]]))[0]
    alone = [denoiser.residual_along(u, 0.7, labels=np.array(c))[0][row] for row, c in enumerate([[1, 0], [0, -1]])]
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-5)


def test_of_half_the_vectors_nothing_is_told_and_of_the_others_some() -> None:
    labels = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (20_000, 40))
    told = _some_told(labels, np.random.default_rng(1))
    assert set(np.unique(told - labels * (told != 0))) == {0.0}  # told as it is, or not
    numbers = (told != 0).sum(axis=1)
    assert (numbers == 0).mean() > 0.5
    assert (numbers == 1).mean() > 0.04
    assert (numbers > 30).mean() > 0.02
    assert not _some_told(np.zeros((9, 3), np.int8), np.random.default_rng(1)).any()  # what is not known is not told


def test_at_strength_0_it_is_the_multivariate_normal_but_for_what_it_is_stretched_by() -> None:
    vectors = bulk(400)
    known = with_random_network(vectors)
    known["stretch_"], known["shift_"] = np.eye(4, dtype=np.float16), np.zeros(4, np.float16)
    normal, places = make_strategy("mvn").fit(vectors), vectors[:50]
    fitted = Diffusion(strength=0).fit(vectors, known=known)
    np.testing.assert_allclose(fitted.log_density(places), normal.log_density(places), rtol=1e-5)
    one, two = (Diffusion(strength=s).fit(vectors, known=known).log_density(places) for s in (1.0, 1.5))
    assert np.abs(one - two).max() > 1e-3


def test_a_density_is_one_of_the_law_that_is_asked_for() -> None:
    vectors = bulk(400, 2)
    known = with_random_network(vectors, ("Big", "Old"))
    fitted = Diffusion(20, asked="Big+-Old", weight=2.0).fit(vectors, known=known)
    assert_density_is_of_what_is_drawn(fitted, vectors)
    unasked = Diffusion(20).fit(vectors, known=known)
    assert np.abs(unasked.log_density(vectors) - fitted.log_density(vectors)).max() > 0.01


def test_what_was_not_learned_of_cannot_be_asked_for() -> None:
    vectors = bulk(400)
    learned, unlabelled = with_random_network(vectors, ("Big", "Old")), with_random_network(vectors)
    with pytest.raises(InputError, match=r"^Diffusion has not learned of Young; ask for Big, Old\.$"):
        Diffusion(asked="Big+-Young").fit(vectors, known=learned)
    for values, known in ((vectors, unlabelled), (bulk(50), None)):
        with pytest.raises(InputError, match=rf"^Diffusion has learned of no attributes here, [^\n]* but {ANYONE}\.$"):
            Diffusion(asked="Big").fit(values, known=known)


@pytest.mark.slow
def test_it_draws_those_that_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two crowds in five dimensions, of which one in four vectors is in the first; of some vectors nobody knows it."""
    monkeypatch.setattr(Diffusion, "EPOCHS", (60, 60))
    monkeypatch.setattr(Diffusion, "RATE", 4e-3)
    rng = np.random.default_rng(0)
    first = rng.random(2000) < 0.25
    vectors = rng.normal(size=(2000, 5)) + np.where(first, 3.0, -1.0)[:, None] * [1, 1, 0, 0, 0]
    told = np.where(rng.random(2000) < 0.1, 0, np.where(first, 1, -1)).astype(np.int8)
    labels = Labels(("First", "Blank"), np.stack([told, np.zeros_like(told)], axis=1))
    fitted = Diffusion().fit(vectors.astype(np.float32), material=Material(labels=labels))
    assert fitted.labels_.tolist() == ["First", "Blank"]

    def share(**asked: object) -> float:
        drawn = fitted.set_params(**{"asked": ANYONE, "weight": 1.0, **asked}).sample(2000, seed=1)
        return float((drawn[:, :2].sum(axis=1) > 2).mean())

    assert share() == pytest.approx(0.25, abs=0.06)
    assert share(asked="First", weight=0.0) > 0.85
    assert share(asked="First") > 0.95
    assert share(asked="-First") < 0.05
    assert share(asked="-First+Blank") < 0.1
