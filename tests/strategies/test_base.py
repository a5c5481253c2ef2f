"""Parameters, streams and the registry: what every strategy shares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.exceptions import NotFittedError

from core.errors import InputError
from core.statistics import Description
from core.strategies import (
    STRATEGIES,
    Choice,
    Cube,
    Data,
    Ellipsoid,
    Gaussian,
    Interval,
    Number,
    Recipe,
    Strategy,
    make_strategy,
    stream,
)
from core.strategies.base import MAX_COUNT
from tests.helpers.ladder import AT_ONCE

WIDTH = Number("k", "k", 0.5, 3.0, 0.1, "Half-width.")
AXES = Number("components", "m", 1, 64, 1, "Axes.", whole=True)
CENTRE = Choice("centre", "Centre", {"mean": "Mean", "origin": "Origin"}, "About what.")


class Point(Strategy):
    """A strategy outside the registry, as a reader would add one: always the mean."""

    key, title, post, assumes, formula = "point", "Point", "none", "nothing varies", r"x = \mu"

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.mean_ = description.moments.mean

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        return np.tile(self.mean_, (count, 1))


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    return np.random.default_rng(0).normal(2.0, 1.0, (500, 4))


@pytest.mark.parametrize(("value", "number"), [(0.5, 0.5), (3, 3.0), ("1.25", 1.25), (np.float32(2), 2.0)])
def test_a_number_within_the_limits_is_taken_as_it_is_or_as_text(value: object, number: float) -> None:
    checked = WIDTH.check(value)
    assert checked == number
    assert isinstance(checked, float)


@pytest.mark.parametrize("value", [0.49, 3.01, -1, "4"])
def test_a_number_beyond_the_limits_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=rf"^k must be from 0\.5 to 3, not {value}\.$"):
        WIDTH.check(value)


@pytest.mark.parametrize("value", ["wide", "", None, [1.0], "1,5"])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"^k must be a number, not .*\.$"):
        WIDTH.check(value)


@pytest.mark.parametrize("value", [1, 64, "60", np.int64(7)])
def test_a_whole_number_stays_whole(value: object) -> None:
    assert type(AXES.check(value)) is int


@pytest.mark.parametrize("value", [2.5, "2.5", 60.0, True, None, "many"])
def test_a_fraction_is_no_whole_number(value: object) -> None:
    with pytest.raises(InputError, match=r"^components must be a whole number, not .*\.$"):
        AXES.check(value)


def test_a_choice_takes_its_options_and_nothing_else() -> None:
    assert CENTRE.check("origin") == "origin"
    with pytest.raises(InputError, match=r"^centre must be one of mean, origin, not 'nose'\.$"):
        CENTRE.check("nose")


@pytest.mark.parametrize("value", [None, 3, ["mean"], {"mean": 1}])
def test_a_choice_refuses_what_is_no_text(value: object) -> None:
    with pytest.raises(InputError, match=r"^centre must be one of mean, origin, not .*\.$"):
        CENTRE.check(value)


def test_the_ladder_begins_without_knowledge_and_ends_with_the_images_themselves() -> None:
    assert STRATEGIES[0] is Cube
    assert STRATEGIES[-1] is Data
    keys = [s.key for s in STRATEGIES]
    assert keys.index("interval") < keys.index("gaussian") < keys.index("mvn")


def test_a_strategy_is_made_from_its_key_and_parameters_as_text() -> None:
    made = make_strategy("ellipsoid", {"components": "20", "k": "2.5"})
    assert isinstance(made, Ellipsoid)
    assert (made.components, made.k) == (20, 2.5)
    assert isinstance(make_strategy("interval"), Interval)


def test_an_unknown_strategy_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"^There is no strategy 'sphere'; choose one of cube, .*, data\.$"):
        make_strategy("sphere")


def test_an_unknown_parameter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"^interval has no parameter 'b'; it takes k, centre\.$"):
        make_strategy("interval", {"k": 1, "b": 2})
    with pytest.raises(InputError, match=r"^gaussian has no parameter 'k'; it takes none\.$"):
        make_strategy("gaussian", {"k": 1})


def test_a_parameter_out_of_range_is_refused_when_the_strategy_is_made() -> None:
    with pytest.raises(InputError, match=r"^scale must be from 0\.05 to 5, not 9\.$"):
        make_strategy("cube", {"scale": 9})


def test_parameters_stand_in_file_names_without_needless_digits() -> None:
    assert Recipe.of("cube", {"scale": "1.50"}).text == "scale=1.5"
    assert Recipe.of("ellipsoid").text == "components=60,k=3,cut=axes"
    assert Recipe.of("interval", {"centre": "origin"}).text == "k=1,centre=origin"
    assert Recipe.of("gaussian").text == ""


def test_a_stream_belongs_to_the_key_and_the_seed_alone() -> None:
    def first(seed: int, strategy: Strategy) -> int:
        return int(stream(seed, strategy).bit_generator.random_raw())

    assert first(3, Cube(0.5)) == first(3, Cube(2.0))
    numbers = {first(seed, s()) for s in (*STRATEGIES, Point) for seed in range(5)}
    assert len(numbers) == 5 * (len(STRATEGIES) + 1)


def test_the_streams_are_those_of_the_first_release() -> None:
    """Pictures that someone published stay reproducible; a change here breaks every copied link."""
    raw = [int(stream(0, s).bit_generator.random_raw()) for s in (Cube(), Gaussian(), Data())]
    assert raw == [4418929043961995225, 9504973287332799592, 11552689473017111958]


def test_drawing_from_a_new_strategy_leaves_the_vectors_of_the_others_alone(latents: np.ndarray) -> None:
    alone = {s.key: s().fit(latents).sample(20, stream(1, s())) for s in AT_ONCE}
    for s in AT_ONCE:
        Point().fit(latents).sample(7, stream(1, Point()))
        np.testing.assert_array_equal(s().fit(latents).sample(20, stream(1, s())), alone[s.key])


def test_a_strategy_of_ones_own_needs_no_more_than_fit_and_sample(latents: np.ndarray) -> None:
    point = Point().fit(latents)
    np.testing.assert_allclose(point.sample(3, np.random.default_rng()), np.tile(latents.mean(axis=0), (3, 1)), 1e-6)
    assert point.label() == "Point"
    assert point.get_params() == {}
    assert point.radius_law() is None
    with pytest.raises(NotFittedError, match="This Point is not fitted yet"):
        Point().sample(1, np.random.default_rng())


def test_a_strategy_that_implements_nothing_cannot_be_used(latents: np.ndarray) -> None:
    class Nothing(Strategy):
        key = "nothing"

    class OnlyFits(Nothing):
        def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
            pass

    with pytest.raises(NotImplementedError):
        Nothing().fit(latents)
    with pytest.raises(NotImplementedError):
        OnlyFits().fit(latents).sample(1, np.random.default_rng())


@pytest.mark.parametrize("count", [0, -1, MAX_COUNT + 1, float("nan")])
def test_a_count_out_of_range_is_refused(latents: np.ndarray, count: int) -> None:
    with pytest.raises(InputError, match=rf"^The number of vectors must be from 1 to 1,000,000, not {count}\.$"):
        Point().fit(latents).sample(count, np.random.default_rng())


def test_limits_are_told_as_people_write_numbers() -> None:
    seed = Number("seed", "Seed", 0, 2**31 - 1, 1, "Of the sample.", whole=True)
    with pytest.raises(InputError, match=r"^seed must be a whole number from 0 to 2,147,483,647, not -1\.$"):
        seed.check(-1)
