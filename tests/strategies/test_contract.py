"""What every strategy promises, whatever it assumes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from core.errors import InputError
from core.statistics import Description, describe, radii
from core.strategies import (
    STRATEGIES,
    Asked,
    Choice,
    Data,
    Effort,
    Knows,
    Number,
    Parameter,
    Recipe,
    Strategy,
    make_strategy,
    stream,
)
from core.strategies.additive import Additive
from core.strategies.base import MAX_COUNT
from tests.helpers.training import train_quickly

COUNT, DIMENSION = 3000, 24

QUICK: dict[str, dict[str, object]] = {"mixture": {"components": 2}}
"""Parameters in place of the defaults, where those take long to learn."""

VARIANTS: dict[str, list[dict[str, object]]] = {
    "cube": [{"scale": 0.05}, {"scale": 10 / 3}],
    "interval": [{"k": 2.0}, {"k": 0.5, "centre": "origin"}],
    "ellipsoid": [
        {"components": 5, "k": 1.0},
        {"components": 4096, "k": 6.0},
        {"cut": "pairs"},
        {"components": 1, "k": 1.0, "cut": "pairs"},
    ],
    "mixture": [{"components": 1}],
    "local": [{"k": 2, "spread": 0.1}, {"k": 200, "spread": 4.0}],
    "neighbours": [{"k": 1}],
}
"""Further parameters."""

IGNORANT = ("cube", "interval", "standard_normal")
"""Strategies that may draw something else where all vectors are the same."""

SHRUNK = ("shell", "mixture")
"""Strategies whose covariance is shrunk, so that a constant component varies a little."""


def marks(kind: type[Strategy]) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.slow,) if kind.effort is Effort.TRAINING else ()


CASES = [
    pytest.param((s.key, v), marks=marks(s))
    for s in STRATEGIES
    for v in [QUICK.get(s.key, {}), *VARIANTS.get(s.key, [])]
]
PARAMETERS = [pytest.param(s.key, p, marks=marks(s)) for s in STRATEGIES for p in s.parameters]
RANGES = [pytest.param(s.key, p, marks=marks(s)) for s in STRATEGIES for p in s.parameters if not isinstance(p, Asked)]


@pytest.fixture(scope="module", autouse=True)
def short_trainings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        train_quickly(monkeypatch)
        yield


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    """An off-centre, correlated bulk with heavier tails than a normal one, stored as studies are."""
    rng = np.random.default_rng(11)
    mixing = np.linalg.qr(rng.normal(size=(DIMENSION, DIMENSION)))[0] * np.geomspace(2, 0.2, DIMENSION)
    values = rng.standard_t(8, (COUNT, DIMENSION)) @ mixing.T + rng.normal(size=DIMENSION)
    stored = values.astype(np.float16)
    stored.flags.writeable = False
    return stored


@pytest.fixture(scope="module")
def description(latents: np.ndarray) -> Description:
    return describe(latents)


@pytest.fixture(
    scope="module", params=CASES, ids=lambda case: "-".join([case[0], *(f"{k}{v}" for k, v in case[1].items())])
)
def fitted(request: pytest.FixtureRequest, latents: np.ndarray, description: Description) -> Strategy:
    """Each strategy, with its defaults and with other parameters, fitted once."""
    return make_strategy(*request.param).fit(latents, description)


@pytest.fixture
def strategy(fitted: Strategy) -> Strategy:
    """The same, not fitted."""
    return clone(fitted)


@pytest.mark.parametrize("count", [1, 37, COUNT + 100])
def test_a_sample_is_float32_of_the_asked_shape_and_finite(fitted: Strategy, count: int) -> None:
    vectors = fitted.sample(count, stream(0, fitted))
    assert vectors.shape == (count, DIMENSION)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()


def test_the_same_seed_gives_the_same_vectors_and_another_one_others(fitted: Strategy) -> None:
    one = fitted.sample(50, stream(7, fitted))
    np.testing.assert_array_equal(fitted.sample(50, stream(7, fitted)), one)
    assert (fitted.sample(50, stream(8, fitted)) != one).any()


def test_all_randomness_comes_from_the_generator(fitted: Strategy) -> None:
    generator = stream(0, fitted)
    first, second = fitted.sample(50, generator), fitted.sample(50, generator)
    assert (first != second).any()
    np.random.seed(1)  # noqa: NPY002
    np.testing.assert_array_equal(fitted.sample(50, stream(0, fitted)), first)


def test_fitting_again_gives_the_same_vectors(fitted: Strategy, latents: np.ndarray, description: Description) -> None:
    vectors = fitted.sample(50, stream(7, fitted))
    again = clone(fitted).fit(latents, description)
    np.testing.assert_array_equal(again.sample(50, stream(7, again)), vectors)


def test_what_learns_from_moments_learns_part_by_part_and_merges(fitted: Strategy, latents: np.ndarray) -> None:
    if not isinstance(fitted, Additive):
        assert not hasattr(fitted, "merge")
        return
    one, other, stepwise = (clone(fitted) for _ in range(3))
    merged = one.partial_fit(latents[:700]).merge(other.partial_fit(latents[700:]))
    for part in (latents[:1], latents[1:2500], latents[2500:]):
        stepwise.partial_fit(part)
    wanted = fitted.sample(50, stream(7, fitted))
    for learned in (merged, stepwise):
        np.testing.assert_allclose(learned.sample(50, stream(7, learned)), wanted, atol=1e-5)
    assert one.moments_.count == 700  # merging changes neither
    with pytest.raises(InputError, match=r"^Only what has the same dimension is merged: here 24, there 3\.$"):
        merged.merge(clone(fitted).partial_fit(latents[:, :3]))
    with pytest.raises(InputError, match=r"^The vectors have 3 components, 24 are expected\.$"):
        merged.partial_fit(latents[:, :3])


def test_what_was_learned_before_need_not_be_learned_again(
    fitted: Strategy, latents: np.ndarray, description: Description
) -> None:
    shares: list[float] = []
    known = {name: getattr(fitted, name) for name in fitted.learned}
    again = clone(fitted).fit(latents, description, known, lambda progress: shares.append(progress.share))
    np.testing.assert_array_equal(again.sample(50, stream(7, again)), fitted.sample(50, stream(7, fitted)))
    assert again.label() == fitted.label()
    laws = again.radius_law(), fitted.radius_law()
    assert all(laws) or laws == (None, None)
    if laws[0] and laws[1]:
        np.testing.assert_array_equal(laws[0].shares, laws[1].shares)
    assert shares == []


def test_what_takes_long_to_learn_is_arrays_and_says_how_far_it_is(
    strategy: Strategy, latents: np.ndarray, description: Description
) -> None:
    shares: list[float] = []
    strategy.fit(latents, description, report=lambda progress: shares.append(progress.share))
    assert all(isinstance(vars(strategy)[name], np.ndarray) for name in strategy.learned)
    assert shares == sorted(shares)
    assert all(0 < share <= 1 for share in shares)
    assert shares[-1:] == [1.0] * bool(strategy.learned)


def test_fitting_without_a_description_equals_fitting_with_one(strategy: Strategy, latents: np.ndarray) -> None:
    without, given = clone(strategy).fit(latents), clone(strategy).fit(latents, describe(latents))
    np.testing.assert_array_equal(without.sample(50, stream(3, strategy)), given.sample(50, stream(3, strategy)))


def test_neither_fitting_nor_sampling_changes_the_latent_vectors(strategy: Strategy, latents: np.ndarray) -> None:
    mine = latents.astype(np.float64)
    strategy.fit(mine).sample(50, stream(0, strategy))[:] = 0
    np.testing.assert_array_equal(mine, latents)


def test_memory_mapped_vectors_and_lists_teach_the_same(
    strategy: Strategy, latents: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("latents") / "latents.npy"
    np.save(path, latents)
    expected = clone(strategy).fit(latents).sample(20, stream(0, strategy))
    for form in (np.load(path, mmap_mode="r"), latents.astype(np.float64).tolist()):
        np.testing.assert_allclose(clone(strategy).fit(form).sample(20, stream(0, strategy)), expected, rtol=1e-5)


def test_sampling_before_fitting_is_refused(strategy: Strategy) -> None:
    with pytest.raises(NotFittedError, match=f"^This {type(strategy).__name__} is not fitted yet; call fit first.$"):
        clone(strategy).sample(5, np.random.default_rng(0))


@pytest.mark.parametrize("count", [0, -5, MAX_COUNT + 1])
def test_a_count_out_of_range_is_refused_with_a_sentence(fitted: Strategy, count: int) -> None:
    with pytest.raises(InputError, match=r"^The number of vectors must be from 1 to 1,000,000, not -?\d+\.$"):
        fitted.sample(count, np.random.default_rng(0))


@pytest.mark.parametrize("wrong", [np.zeros(5), np.zeros((0, 5)), np.full((5, 5), np.nan), [["a"]]])
def test_vectors_that_cannot_be_used_are_refused_with_a_sentence(strategy: Strategy, wrong: object) -> None:
    with pytest.raises(InputError, match=r"^(Vectors|The vectors) [^\n]*\.$"):
        clone(strategy).fit(wrong)


@pytest.mark.parametrize(("key", "parameter"), PARAMETERS, ids=lambda p: getattr(p, "name", p))
def test_a_parameter_out_of_its_range_is_refused_with_a_sentence_by_make_and_by_fit(
    key: str, parameter: Parameter, latents: np.ndarray, description: Description
) -> None:
    wrong: list[object] = ["Big,Old", "+", "Big+-Big", "", None] if isinstance(parameter, Asked) else ["nowhere", None]
    if isinstance(parameter, Number):
        wrong += [parameter.low - parameter.step, parameter.high + parameter.step, float("nan"), float("inf")]
    for value in wrong:
        with pytest.raises(InputError, match=rf"^{parameter.name} must be [^\n]*\.$"):
            make_strategy(key, {parameter.name: value})
        strategy = make_strategy(key)
        setattr(strategy, parameter.name, value)
        with pytest.raises(InputError, match=rf"^{parameter.name} must be [^\n]*\.$"):
            strategy.fit(latents, description)


@pytest.mark.parametrize(("key", "parameter"), RANGES, ids=lambda p: getattr(p, "name", p))
def test_both_ends_of_a_parameters_range_can_be_sampled(
    key: str, parameter: Number | Choice, latents: np.ndarray
) -> None:
    few = latents[:400]
    values = list(parameter.options) if isinstance(parameter, Choice) else [parameter.low, parameter.high]
    drawn = []
    for value in values:
        whole = isinstance(parameter, Number) and parameter.whole
        strategy = make_strategy(key, {parameter.name: int(value) if whole else value})
        drawn.append(strategy.fit(few).sample(20, stream(0, strategy)))
        assert np.isfinite(drawn[-1]).all()
    trained = strategy.effort is Effort.TRAINING  # where two epochs taught nothing, no number of steps changes that
    assert trained or (drawn[0] != drawn[-1]).any()


def test_a_strategy_is_an_estimator_of_scikit_learn(strategy: Strategy) -> None:
    copy = clone(strategy)
    assert copy is not strategy
    assert copy.get_params() == strategy.get_params()
    assert list(strategy.get_params()) == sorted(p.name for p in strategy.parameters)
    assert copy.set_params(**strategy.get_params()) is copy
    assert type(strategy).__name__ in repr(strategy)


def test_what_was_learned_has_a_trailing_underscore(strategy: Strategy, latents: np.ndarray) -> None:
    before = set(vars(strategy))
    learned = set(vars(strategy.fit(latents))) - before
    assert "dimension_" in learned
    assert all(name.endswith("_") and not name.startswith("_") for name in learned)


def test_the_radii_of_a_sample_are_those_of_theory(fitted: Strategy, latents: np.ndarray) -> None:
    law = fitted.radius_law()
    assert re.fullmatch(r"[A-Z][^\n]*\.", fitted.no_law)
    count = 40_000 if law else 10_000
    drawn = radii(fitted.sample(count, stream(5, fitted)))
    if law is None:
        known = radii(latents).mean()
        spread = fitted.get_params().get("spread", 0.0 if fitted.key == "neighbours" else 1.4)
        if spread < 1:  # a point between vectors is nearer to the origin than they are on average
            assert 0.8 * known < drawn.mean() < known
        elif spread > 2:
            assert 1.5 * known < drawn.mean() < spread * known
        else:
            assert drawn.mean() == pytest.approx(known, rel=0.02)
        return
    assert stats.kstest(drawn, law.cdf).statistic < 1.95 / np.sqrt(count)
    assert drawn.mean() == pytest.approx(law.mean, abs=5 * drawn.std() / np.sqrt(count))
    assert drawn.std() == pytest.approx(law.deviation, rel=0.03)


def test_all_strategies_know_their_radii_but_those_that_follow_the_data_without_a_law() -> None:
    without = [s.key for s in STRATEGIES if s._radius_law is Strategy._radius_law]
    assert without == ["copula", "flow", "diffusion", "local", "neighbours", "aggregate", "data"]


def test_keys_and_titles_are_unique_and_fit_into_links_and_file_names() -> None:
    keys = [s.key for s in STRATEGIES]
    assert len(set(keys)) == len({s.title for s in STRATEGIES}) == len(STRATEGIES)
    assert all(re.fullmatch(r"[a-z][a-z_]*", key) for key in keys)
    names = [p.name for s in STRATEGIES for p in s.parameters]
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_tabs_stand_in_groups_from_no_knowledge_to_all_of_it() -> None:
    groups = [strategy.knows for strategy in STRATEGIES]
    assert groups == sorted(groups, key=list(Knows).index)
    assert set(groups) == set(Knows)


@pytest.mark.parametrize("kind", STRATEGIES, ids=lambda s: s.key)
def test_a_strategy_says_what_it_is_assumes_and_comes_from(kind: type[Strategy]) -> None:
    for words in (kind.title, kind.assumes, kind.formula, kind.post):
        assert words.strip() == words != ""
        assert "\n" not in words
    assert ".. math::" in (inspect.getdoc(kind) or "")
    for parameter in kind.parameters:
        assert parameter.label
        assert parameter.help.endswith(".")
        default = inspect.signature(kind).parameters[parameter.name].default
        assert parameter.check(default) == default
        if isinstance(parameter, Number):
            assert 0 < parameter.step <= parameter.high - parameter.low


def test_a_fitted_strategy_has_a_heading_and_a_file_name(fitted: Strategy) -> None:
    assert fitted.label().startswith("the data" if isinstance(fitted, Data) else fitted.title)
    parts = Recipe.of(fitted.key, fitted.get_params()).text.split(",") if fitted.parameters else []
    assert [p.split("=")[0] for p in parts] == [p.name for p in fitted.parameters]
    assert re.fullmatch(r"[\w=.,+-]*", Recipe.of(fitted.key, fitted.get_params()).text)


def test_what_a_strategy_has_to_note_is_a_sentence(fitted: Strategy) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*\.", fitted.note() or "Nothing.")


def test_a_study_of_a_single_vector_can_be_sampled(strategy: Strategy) -> None:
    one = np.array([[3.0, -4.0, 0.5]])
    vectors = strategy.fit(one).sample(10, stream(0, strategy))
    assert np.isfinite(vectors).all()
    if strategy.key not in IGNORANT:
        np.testing.assert_allclose(vectors, np.repeat(one, 10, axis=0), rtol=1e-6)


def test_a_study_of_equal_vectors_can_be_sampled(strategy: Strategy) -> None:
    equal = np.full((50, 4), 0.1, np.float16)
    vectors = strategy.fit(equal).sample(100, stream(0, strategy))
    assert np.isfinite(vectors).all()
    if strategy.key not in IGNORANT:
        np.testing.assert_allclose(vectors, np.repeat(equal[:1], 100, axis=0), rtol=1e-6)


@pytest.mark.parametrize("count", [2, 10, DIMENSION])
def test_fewer_vectors_than_components_can_be_learned(strategy: Strategy, latents: np.ndarray, count: int) -> None:
    vectors = strategy.fit(latents[:count]).sample(100, stream(0, strategy))
    assert vectors.shape == (100, DIMENSION)
    assert np.isfinite(vectors).all()
    law = strategy.radius_law()
    assert law is None or np.isfinite([law.mean, law.deviation]).all()


def test_components_that_repeat_each_other_can_be_learned(strategy: Strategy, latents: np.ndarray) -> None:
    repeated = np.hstack([latents[:500], -latents[:500], latents[:500, :3]])
    vectors = strategy.fit(repeated).sample(100, stream(0, strategy))
    assert np.isfinite(vectors).all()
    law = strategy.radius_law()
    assert law is None or np.isfinite([law.mean, law.deviation]).all()


def test_a_constant_component_can_be_learned(strategy: Strategy, latents: np.ndarray) -> None:
    partly = latents.astype(np.float32)
    partly[:, 3] = 0.1
    vectors = strategy.fit(partly).sample(200, stream(0, strategy))
    assert np.isfinite(vectors).all()
    if strategy.key in SHRUNK:
        np.testing.assert_allclose(vectors[:, 3], 0.1, atol=partly.std() / 5)
    elif strategy.key not in IGNORANT:
        np.testing.assert_allclose(vectors[:, 3], 0.1, rtol=1e-5)
