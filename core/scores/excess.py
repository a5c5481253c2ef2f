r"""How much farther a sample is from the data than real vectors are, in units of what N(μ, Σ) is farther.

.. math:: \frac{x - f}{b - f}

with the mean distances x of the sample, f of unseen real vectors and b of N(μ, Σ), all of samples of one size: 0 is as
good as real vectors, 1 as good as a normal law. A distance alone tells little, since that of two samples of the same
law is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.scores import registry
from core.scores.entries import RECONSTRUCTIONS
from core.scores.score import Score
from core.scores.spaces import FEWEST_FOR_FRECHET
from core.strategies import MultivariateNormal, Recipe

__all__ = ["BLIND", "blind", "excess_scores", "with_excesses"]

Floats = npt.NDArray[np.float64]

BASE = Recipe.of(MultivariateNormal.key)

BLIND = 5
"""Standard errors that the excess of N(μ, Σ) must have in a space; one with fewer tells no strategy from the data."""

RESAMPLES, SEED = 1000, 0
"""Of the bootstrap."""

INTERVAL = (0.025, 0.975)


def excess_scores() -> list[Score]:
    """Return the scores that are excesses."""
    return [score for score in registry.SCORES if score.distance]


def with_excesses(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a scoreboard with their excesses.

    Parameters
    ----------
    rows : DataFrame
        One row per strategy and parameter set.
    table : DataFrame
        The long table behind it, with samples of one size: a row per seed.

    Returns
    -------
    DataFrame
        For each excess four columns more: the value, its deviation over the seeds, and a 95 % interval by the bootstrap
        over the draws of sample, real vectors and N(μ, Σ); and ``KEY_kernel``, the same of the kernel distance. NaN
        where a reference row is missing, or the space is blind.
    """
    columns: dict[str, list[float]] = {}
    for score in excess_scores():
        distances, kernels = _draws(table, score.distance), _draws(table, score.kernel)
        usual = distances if _is_frechet(table) else kernels
        found = [_excess(usual, name) for name in _names(rows)]
        for place, suffix in enumerate(("", "_deviation", "_low", "_high")):
            columns[score.key + suffix] = [values[place] for values in found]
        columns[f"{score.key}_kernel"] = [_excess(kernels, name)[0] for name in _names(rows)]
    return pd.concat([rows, pd.DataFrame(columns, index=rows.index)], axis=1)


def blind(table: pd.DataFrame) -> Sequence[Score]:
    """Return the excesses that tell nothing: those of spaces in which N(μ, Σ) is hardly farther than real vectors."""
    draws = [(s, _draws(table, s.distance if _is_frechet(table) else s.kernel)) for s in excess_scores()]
    return [score for score, found in draws if _is_blind(found)]


def _is_frechet(table: pd.DataFrame) -> bool:
    return bool(len(table)) and int(table["count"].iloc[0]) >= FEWEST_FOR_FRECHET


def _names(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(rows[["strategy", "parameters"]].itertuples(index=False, name=None))


def _draws(table: pd.DataFrame, column: str) -> dict[tuple[str, str], Floats]:
    """Return the values of a column for each strategy and parameter set, one for each seed that has one."""
    if column not in table:
        return {}
    known, found = table[table[column].notna()], {}
    for name in set(_names(known)):
        chosen = (known["strategy"] == name[0]) & (known["parameters"] == name[1])
        found[name] = known.loc[chosen, column].to_numpy(float)
    return found


def _unit(draws: dict[tuple[str, str], Floats]) -> tuple[Floats, Floats] | None:
    """Return the distances of unseen real vectors and of N(μ, Σ); None where one was not measured."""
    floor, base = (draws.get((entry.key, entry.text)) for entry in (RECONSTRUCTIONS, BASE))
    return None if floor is None or base is None else (floor, base)


def _is_blind(draws: dict[tuple[str, str], Floats]) -> bool:
    unit = _unit(draws)
    if unit is None:
        return False
    size = unit[1].mean() - unit[0].mean()
    if size <= 0 or min(map(len, unit)) < 2:
        return bool(size <= 0)  # of single draws, nobody knows the error
    error = np.sqrt(sum(values.var(ddof=1) / len(values) for values in unit))
    return bool(size < BLIND * error)


def _excess(draws: dict[tuple[str, str], Floats], name: tuple[str, str]) -> tuple[float, float, float, float]:
    """Return an excess, its deviation over the seeds and its interval."""
    unit, sample = _unit(draws), draws.get(name)
    if unit is None or sample is None or _is_blind(draws):
        return (np.nan,) * 4
    floor, base = unit
    size = base.mean() - floor.mean()
    rng = np.random.default_rng(SEED)
    x, f, b = (values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
               for values in (sample, floor, base))  # fmt: skip
    low, high = np.quantile((x - f) / (b - f), INTERVAL) if len(sample) > 1 else (np.nan, np.nan)
    deviation = sample.std(ddof=1) / size if len(sample) > 1 else np.nan
    return float((sample.mean() - floor.mean()) / size), float(deviation), float(low), float(high)
