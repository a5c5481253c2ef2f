"""Copy as Python and as command: the lines give the vectors that a page draws."""

from __future__ import annotations

import random
import shlex
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.__main__ import main
from core.errors import InputError
from core.exhibits.exhibit import Exhibit
from core.plain import as_text
from core.report.lines import State, as_command, as_python, state_of, study_name, word_of
from core.report.pages import PAGES, choices_of, exhibits_of
from core.selection import Selected, parse, select
from core.space.sample import draw_sample
from core.strategies import STRATEGIES, Choice, Effort, Number, Recipe, Strategy
from core.study import Study
from core.study.describing import describe_study

STATES = 30

CHOICES: dict[str, dict[str, str]] = {
    "faces": {},
    "components": {"order": "width"},
    "correlations": {"matrix_order": "index", "pair_across": "4", "pair_up": "2", "coverage": "80"},
    "bulk": {"view": "plane", "plane": "component", "component_across": "5", "colour": "Mahalanobis distance"},
    "normality": {"directions": "axis", "removed": "20", "normal_axis": "3", "pairs_from": "2"},
    "radii": {},
}
"""Of each page, all but as usual."""

RULES = (
    ("unusual(9)", "far *out*"),
    ("radius 0.. and not axis1 0..", ""),
    ("polygon(axis1, axis2: -9 -9, 9 -9, 0 9)", "drawn"),
    ('apart("axis1 0..") 0..', "told apart"),
)
"""Rules of selections, and their names."""


def test_every_page_has_choices_here() -> None:
    assert set(CHOICES) == set(PAGES)


def random_recipe(rng: random.Random, strategy: type[Strategy], study: Study) -> Recipe:
    """Return a strategy with parameters as its controls may set them."""
    values: dict[str, Any] = {}
    for parameter in strategy.parameters:
        if isinstance(parameter, Choice):
            values[parameter.name] = rng.choice(list(parameter.options))
        elif isinstance(parameter, Number):
            limits = parameter.within(study.dimension, len(study))
            drawn = rng.uniform(limits.low, min(limits.high, 12))
            values[parameter.name] = round(drawn) if parameter.whole else round(drawn, 2)
    return Recipe.of(strategy.key, values)


def random_states(study: Study) -> list[tuple[State, Recipe | None]]:
    """Return states of pages: every strategy that is at hand at once, every page, any count, seed and parameters."""
    rng = random.Random(15)
    at_hand = [s for s in STRATEGIES if s.effort is not Effort.TRAINING and not s.needs_posteriors]
    states = []
    for number in range(STATES):
        page = list(PAGES)[number % len(PAGES)]
        recipe = random_recipe(rng, at_hand[number % len(at_hand)], study)
        other = random_recipe(rng, rng.choice(at_hand), study) if number % 3 == 0 else None
        against = None if other is None or other.key == recipe.key else other
        address = {**CHOICES[page], "study": study.name, "strategy": recipe.key, "seed": "3", "unknown": "7"}
        text, name = rng.choice(RULES)
        rule = parse(text)
        chosen = [Selected(rule, select(rule, study, describe_study(study)), name)] if number % 2 else []
        count, seed = rng.randint(24, 60), rng.randrange(10**6)
        states.append((state_of(study, page, recipe, count, seed, against, address, chosen), against))
    return states


def legend(exhibit: Exhibit) -> list[str]:
    """Return what the traces of a chart are called, with how many of what is selected they show."""
    return [trace.name or "" for trace in exhibit.picture.data] if isinstance(exhibit.picture, go.Figure) else []


def expected(study: Study, recipe: Recipe, state: State) -> np.ndarray:
    """Return the vectors that a page draws in that state."""
    return draw_sample(study, describe_study(study), recipe.make(), state.count, state.seed).vectors


def test_lines_of_python_give_the_vectors_of_thirty_states(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    for state, against in random_states(study):
        names: dict[str, Any] = {}
        exec(as_python(state), names)
        np.testing.assert_array_equal(names["vectors"], expected(study, state.recipe, state))
        if against is not None:
            np.testing.assert_array_equal(names["others"], expected(study, against, state))
        shown = exhibits_of(
            study,
            state.page,
            state.recipe.key,
            state.recipe.values,
            count=state.count,
            seed=state.seed,
            against=None if against is None else (against.key, against.values),
            selected=state.selected,
            **CHOICES[state.page],
        )
        assert {k: e.caption for k, e in names["exhibits"].items()} == {k: e.caption for k, e in shown.items()}
        assert {k: legend(e) for k, e in names["exhibits"].items()} == {k: legend(e) for k, e in shown.items()}
        if state.selected and state.page in ("bulk", "radii", "normality", "faces"):
            named = " ".join(chain.from_iterable(legend(exhibit) for exhibit in names["exhibits"].values()))
            assert (as_text(state.selected[0][1]) or "the selection") in named
        assert all(key in capsys.readouterr().out for key in list(shown)[:1])


def test_lines_of_the_command_line_give_the_vectors_of_thirty_states(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (state, against) in enumerate(random_states(study)):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        *samples, report = [shlex.split(line)[3:] for line in as_command(state).splitlines()]
        assert all(main(words) == 0 for words in samples)
        for words, recipe in zip(samples, filter(None, (state.recipe, against)), strict=True):
            with np.load(words[words.index("--out") + 1]) as stored:
                np.testing.assert_array_equal(stored["latents"], expected(study, recipe, state))
        assert report[0] == "report"


def test_the_command_of_a_page_writes_its_exhibits(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")  # without a browser to draw with
    state = state_of(study, "normality", Recipe.of("mvn"), 40, 1, Recipe.of("gaussian"), CHOICES["normality"])
    assert main(shlex.split(as_command(state).splitlines()[-1])[3:]) == 0
    assert (tmp_path / "normality.zip").is_file()


def test_a_study_is_found_by_its_name_where_a_list_has_it_and_else_by_its_folder(
    study: Study, bundled: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert study_name(bundled) == "celeba"
    assert study_name(study) == str(study.folder)
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    assert study_name(study) == study.name


def test_means_alone_are_asked_for_in_both() -> None:
    state = State("a b", "radii", Recipe.of("mvn"), 24, 0, means_alone=True)
    assert "Study.open('a b').with_means_alone()" in as_python(state)
    assert [line.split("--study 'a b' --means-alone")[0] for line in as_command(state).splitlines()] == [
        "python -m core sample ",
        "python -m core report ",
    ]


def test_a_word_names_what_is_not_as_usual() -> None:
    assert word_of(Recipe.of("cube")) == "cube"
    assert word_of(Recipe.of("interval", {"k": 2})) == "interval,k=2.0"
    assert Recipe.parse("interval", "k=2.0") == Recipe.of("interval", {"k": 2})


@pytest.mark.parametrize(
    ("page", "choices", "sentence"),
    [
        ("start", {}, "There is no page 'start'"),
        ("radii", {"order": "mean"}, "has no choice 'order'; it has none"),
        ("components", {"order": "size"}, "order must be one of"),
        ("components", {"components_page": 2}, "components_page must be a whole number from 1 to 1"),
        ("correlations", {"pair_up": "x"}, "pair_up must be a whole number"),
        ("correlations", {"pair_across": 1, "pair_up": 1}, "two different directions"),
        ("bulk", {"colour": "taste"}, "colour must be one of"),
        ("normality", {"normal_component": 6}, "normal_component must be a whole number from 0 to 5"),
    ],
)
def test_a_choice_that_is_not_possible_is_refused(study: Study, page: str, choices: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        exhibits_of(study, page, "mvn", count=24, **choices)


def test_choices_are_named_as_addresses_name_them(study: Study) -> None:
    assert all(set(CHOICES[page]) <= set(choices_of(page)) for page in PAGES)
    assert {e.key for e in exhibits_of(study, "bulk", "mvn", count=24).values()} == {
        "distances",
        "farthest",
        "plane_density",
        "space",
        "spectrum",
    }
