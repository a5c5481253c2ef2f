"""The results in words: a template of Markdown filled with the scoreboards of some studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import jinja2
import pandas as pd
from jinja2.sandbox import SandboxedEnvironment

from core.errors import InputError
from core.plain import listed
from core.scores import registry
from core.scores.entries import ENTRIES, REFERENCES, entry_of
from core.scores.memorising import begins_to_copy
from core.scores.rows import at_one_count
from core.scores.score import Score
from core.scores.table import board, cells, nearest_to_photographs
from core.scores.verdicts import THRESHOLDS
from core.strategies import Recipe, Value

__all__ = ["results"]


class _Board:
    """One study's scoreboard, asked for single numbers."""

    def __init__(self, table: pd.DataFrame, title: str) -> None:
        table = at_one_count(table)
        self.rows = board(table, title)
        self.texts = cells(self.rows).set_index([self.rows["strategy"], self.rows["parameters"]])
        self.seeds, self.count = table["seed"].nunique(), int(table["count"].iloc[0])

    def text(self, score: str, key: str, parameters: str) -> str:
        """Return a score of a row as it is read, a dash where it was not scored."""
        place = (key, parameters)
        return str(self.texts.loc[place, score] or "–") if place in self.texts.index else "–"

    def mean(self, score: str, key: str, parameters: str) -> str:
        """Return the same without deviation or interval."""
        return self.text(score, key, parameters).split(" ")[0]


def results(
    template: str,
    tables: Mapping[str, pd.DataFrame],
    titles: Mapping[str, str],
    looks: Mapping[str, pd.DataFrame] | None = None,
) -> str:
    """Return a text with the numbers of studies in the places that a template of Jinja2 leaves for them.

    Each score is a function of the key of a strategy and those of its parameters that are not as usual, such as
    ``{{ faces("cube", scale=1.33333) }}``; the mean of each study stands there. Besides there are ``studies``, the
    names; ``seeds`` and ``count`` of the samples; ``definitions``; ``thresholds``; ``boards``, a table for each study;
    ``axes``, faces and diversity of ellipsoids by their number of axes; ``memorising``, when networks begin to copy.

    Parameters
    ----------
    template : str
        Markdown.
    tables : mapping of str to DataFrame
        Long tables of scores by the name of the study.
    titles : mapping of str to str
        Of the data, by the name of the study.
    looks : mapping of str to DataFrame, optional
        What :func:`~core.scores.memorising.look_at_memorising` found, by the name of the study.

    Raises
    ------
    InputError
        If the template names what there is not, or is none.
    """
    boards = {name: _Board(table, titles[name]) for name, table in tables.items()}
    seeds, counts = (sorted({getattr(one, name) for one in boards.values()}) for name in ("seeds", "count"))
    wholes = {
        "studies": listed([f"`{name}`" for name in boards]),
        "seeds": " or ".join(map(str, seeds)),
        "count": " or ".join(f"{count:,}" for count in counts),
        "definitions": "\n".join(f"* **{score.label}**: {score.help}" for score in _printed()),
        "thresholds": THRESHOLDS,
        "boards": "\n\n".join(f"## `{name}`\n\n{_table(one)}\n\n{_price(one)}" for name, one in boards.items()),
        "axes": _axes(boards),
        "memorising": _memorising(looks or {}),
    }

    def means(score: str, key: str, /, **parameters: Value) -> str:
        recipe = entry_of(key, "") if key in REFERENCES else Recipe.of(key, parameters)
        return " / ".join(one.mean(score, recipe.key, recipe.text) for one in boards.values())

    scores: dict[str, Callable[..., str]] = {score.key: partial(means, score.key) for score in _printed()}
    environment = SandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        finalize=_written,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown
    )
    try:
        return environment.from_string(template).render(wholes | scores)
    except InputError:
        raise
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise InputError(f"The template cannot be filled ({' '.join(str(error).split()).rstrip('.')}).") from None


def _written(value: object) -> str:
    """Return what stands in a place; a score without the strategy that it is of is refused."""
    if callable(value) and not isinstance(value, jinja2.Undefined):
        raise InputError('The template asks for a score without a strategy; write, for example, {{ faces("cube") }}.')
    return str(value)


def _printed() -> list[Score]:
    """Return the scores in the tables of the text."""
    return [score for score in registry.SCORES if score.printed]


def _table(one: _Board) -> str:
    keys, labels = zip(*((score.key, score.label) for score in _printed()), strict=True)
    names = one.rows[["name", "verdict"]].astype(str).to_numpy().tolist()
    lines = [[*name, *texts] for name, texts in zip(names, one.texts[list(keys)].to_numpy().tolist(), strict=True)]
    return _markdown(["strategy", "verdict", *labels], lines)


def _axes(boards: Mapping[str, _Board]) -> str:
    """Return faces and diversity of the ellipsoids that differ in nothing but their number of axes."""
    usual = Recipe.of("ellipsoid").values
    sizes = [entry for entry in ENTRIES if entry.key == "ellipsoid" and {**entry.values, "components": 60} == usual]
    lines = [
        [
            str(dict(entry.parameters)["components"]),
            *(one.text(score, entry.key, entry.text) for one in boards.values() for score in ("faces", "diversity")),
        ]
        for entry in sizes
    ]
    return _markdown(["m", *(f"{what}, `{name}`" for name in boards for what in ("faces", "diversity"))], lines)


def _memorising(looks: Mapping[str, pd.DataFrame]) -> str:
    """Return when a network was best on held-out vectors and when it began to copy; a dash for never, or for nobody."""
    lines = []
    for name, table in looks.items():
        for size, part in table.groupby("vectors"):
            best, last, copies = part.iloc[int(part["held_out"].argmin())], part.iloc[-1], begins_to_copy(part)
            lines.append(
                [
                    f"`{name}`",
                    f"{size:,}",
                    f"{best['held_out']:.3f} at step {best['steps']:,.0f}",
                    f"{copies:,}" if copies else "–",
                    f"{last['copied']:.2f} ({last['usual']:.2f})",
                    f"{last['nearer']:.2f}",
                    f"{last['steps']:,.0f}",
                ]
            )
    head = ["study", "vectors", "smallest held-out loss", "copies from step", "copied at the end (unseen)", "nearer"]
    return _markdown([*head, "steps in all"], lines or [["–"] * (len(head) + 1)])


def _price(one: _Board) -> str:
    """Say which strategies come nearest to the photographs."""
    best = []
    for words, row in nearest_to_photographs(one.rows).items():
        texts = one.texts.loc[(row["strategy"], row["parameters"])]
        more = ", ".join(f"{what} {texts[key]}" for what, key in (("faces", "faces"), ("copied", "copied")))
        best.append(f"{words} **{row['name']}**, {texts['frechet_ratio']} ({more}, in bulk {texts['in_bulk']})")
    return f"Nearest to the photographs comes {'; '.join(best)}." if best else ""


def _markdown(head: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *lines])
