"""The lines that draw the same as a page: in Python with the library, and for the command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.report.pages import PAGES, Chosen, choices_of
from core.report.parts import Wish
from core.selection import Selected, to_address
from core.settings import is_public
from core.strategies import Recipe
from core.study import Study
from core.study.shelf import study_folders

__all__ = [
    "State",
    "as_command",
    "as_python",
    "report_command",
    "selecting",
    "state_of",
    "study_name",
    "word_of",
    "written",
]


@dataclass(frozen=True)
class State:
    """What a comparing page is set to.

    Attributes
    ----------
    study : str
        Name of one that a list of studies finds, or a folder.
    page : str
        One of :data:`core.report.pages.PAGES`.
    recipe : Recipe
    count, seed : int
    against : Recipe, optional
        What the strategy is held against.
    means_alone : bool
        Whether the means stand for the data of a variational autoencoder.
    choices : mapping of str to str or number
        Of the page, those that are not as usual.
    selected : tuple of (str, str)
        Rules as addresses write them, each with its name, by place; "" where a place is free.
    """

    study: str
    page: str
    recipe: Recipe
    count: int
    seed: int
    against: Recipe | None = None
    means_alone: bool = False
    choices: Mapping[str, Chosen] = field(default_factory=dict)
    selected: tuple[tuple[str, str], ...] = ()

    @property
    def drawn(self) -> tuple[Recipe, ...]:
        """The strategies whose vectors are drawn."""
        return (self.recipe,) if self.against is None else (self.recipe, self.against)


def study_name(study: Study) -> str:
    """Return what finds a study: its name in the list of studies, else its folder, of which strangers are not told."""
    known = study_folders().get(study.name)
    found = known is not None and known.resolve() == study.folder.resolve()
    return study.name if found or is_public() else str(study.folder)


def state_of(
    study: Study,
    page: str,
    recipe: Recipe,
    count: int,
    seed: int,
    against: Recipe | None,
    address: Mapping[str, str],
    selected: Sequence[Selected] = (),
) -> State:
    """Return what a page is set to, from what is drawn on it and what its address says of its choices."""
    choices = {name: address[name] for name in choices_of(page) if address.get(name)}
    chosen = written(selected)
    return State(study_name(study), page, recipe, count, seed, against, study.means_alone, choices, chosen)


def written(selected: Sequence[Selected]) -> tuple[tuple[str, str], ...]:
    """Return selections as they are asked for again: rules as addresses write them and names, by place."""
    known = {one.place: (to_address(one.rule), one.name) for one in selected}
    return tuple(known.get(place, ("", "")) for place in range(max(known, default=-1) + 1))


def as_python(state: State) -> str:
    """Return lines of Python whose ``vectors`` are those of a page, and whose ``exhibits`` are its pictures."""
    means = ".with_means_alone()" if state.means_alone else ""
    against = f", against={_pair(state.against)}" if state.against is not None else ""
    chosen = [f"{name}={_value(value)!r}" for name, value in state.choices.items()]
    lines = [
        "from core import Study",
        "from core.report.pages import exhibits_of",
        "",
        f"study = Study.open({state.study!r}){means}",
        *_vectors("vectors", state.recipe, state),
        *(_vectors("others", state.against, state) if state.against is not None else ()),
        "",
        "exhibits = exhibits_of(",
        f"    study, {state.page!r}, {_call(state.recipe)},",
        f"    count={state.count}, seed={state.seed}{against},",
        *([f"    {', '.join(chosen)},"] if chosen else ()),
        *([f"    selected={list(state.selected)!r},"] if state.selected else ()),
        ")",
        "for exhibit in exhibits.values():  # pictures: plotly figures, walls, tables",
        "    print(exhibit.key, type(exhibit.picture).__name__, list(exhibit.tables))",
    ]
    return "\n".join(lines)


def as_command(state: State) -> str:
    """Return command lines that write the vectors of a page, and its pictures and tables in one file."""
    of = ["--study", state.study, *(["--means-alone"] if state.means_alone else ())]
    draws = ["--count", str(state.count), "--seed", str(state.seed)]
    lines = [
        ["sample", *of, "--strategy", recipe.key, *_settings(recipe), *draws, "--out", f"{recipe.stem}.npz"]
        for recipe in state.drawn
    ]
    wish = Wish((state.recipe,), (state.page,), state.against, state.choices, state.selected)
    return "\n".join(_line(line) for line in [*lines, [*_report(of, wish), *draws, "--zip", f"{state.page}.zip"]])


def report_command(study: Study, wish: Wish, count: int, seed: int) -> str:
    """Return the command line that makes a report."""
    of = ["--study", study_name(study), *(["--means-alone"] if study.means_alone else ())]
    draws = ["--count", str(count), "--seed", str(seed)]
    return _line([*_report(of, wish), *draws, "--out", "report.html", "--zip", "report.zip"])


def _report(of: Sequence[str], wish: Wish) -> list[str]:
    pages = [] if set(wish.pages) == set(PAGES) else ["--pages", *wish.pages]
    against = [] if wish.against is None else ["--against", word_of(wish.against)]
    chosen = [f"{name}={value}" for name, value in wish.choices.items()]
    choose = ["--choose", *chosen] if chosen else []
    strategies = ["--strategies", *map(word_of, wish.recipes)]
    return ["report", *of, *pages, *strategies, *against, *choose, *selecting(wish.selected)]


def selecting(selected: Sequence[tuple[str, str]]) -> list[str]:
    """Return the words of a command line that select by rules, each with its name."""
    rules, names = [rule for rule, _ in selected], [name for _, name in selected]
    return [*(["--select", *rules] if rules else ()), *(["--select-names", *names] if any(names) else ())]


def _line(words: Sequence[str]) -> str:
    return shlex.join(["python", "-m", "core", *words])


def word_of(recipe: Recipe) -> str:
    """Return a strategy with those of its parameters that are not as usual, as one word: ``cube,scale=1.5``."""
    return ",".join((recipe.key, *(f"{name}={value}" for name, value in _unusual(recipe).items())))


def _settings(recipe: Recipe) -> list[str]:
    pairs = [f"{name}={value}" for name, value in _unusual(recipe).items()]
    return ["--set", *pairs] if pairs else []


def _unusual(recipe: Recipe) -> dict[str, Chosen]:
    usual = Recipe.of(recipe.key).values
    return {name: value for name, value in recipe.parameters if value != usual[name]}


def _vectors(name: str, recipe: Recipe, state: State) -> list[str]:
    return [f"{name} = study.fit({_call(recipe)}).sample({state.count}, seed={state.seed})"]


def _call(recipe: Recipe) -> str:
    unusual = _unusual(recipe)
    return f"{recipe.key!r}, {unusual!r}" if unusual else repr(recipe.key)


def _pair(recipe: Recipe) -> str:
    return repr((recipe.key, _unusual(recipe)))


def _value(value: Chosen) -> Chosen:
    """Return a number that an address writes as a text."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value
