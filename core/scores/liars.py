"""Liars: samples that flatter some judge, and must not get past all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.networks import Autoencoder
from core.scores.board import Scorer, drawn
from core.strategies import LocalNormal, MultivariateNormal, Strategy
from core.study.columns import Column, Kind
from core.study.row_table import pick_rows
from core.study.study_sets import study_sets

__all__ = ["LIARS", "Liar", "Stock", "liars_of"]

Floats = npt.NDArray[np.floating]

JITTER = 0.1
"""Length of what is added to a jittered copy, in units of the mean distance of a vector to its nearest other one."""

SHRUNKEN, MEAN_FACE, WIDE = 0.7, 0.1, 1.3
"""Widths of normal laws, in units of the data's."""

BROKEN_K, BROKEN_SPREAD = 20, 1.8
"""Local normal laws that the face detector and the attribute network praise, and whose pictures are visibly broken."""

BALANCED = (0.3, 0.7)
"""Shares of the vectors that may have an attribute which a liar drops, to be missed by most judges."""

RARE = (0.06, 0.08)
"""The same of a rare attribute, which few judges miss. Of rarer ones none can be sure: where one that 2 % had was
dropped, one of three samples of 2,000 vectors was caught."""


@dataclass(frozen=True, eq=False)
class Stock:
    """What liars are made from.

    Attributes
    ----------
    learned : array (n, d)
        Vectors that strategies learn from.
    unseen : array (m, d)
        Real vectors that none has learned from, and none is held against.
    rows : DataFrame of m rows
        Their attributes, bool columns; without columns where none is known.
    gap : float
        Mean distance of a learned vector to the nearest other one.
    normal, local : Strategy
        N(μ, Σ) and the local normal laws of broken pictures, fitted to the learned vectors.
    autoencoder : Autoencoder, optional
        Where there are both decoder and encoder.
    """

    learned: Floats
    unseen: Floats
    rows: pd.DataFrame
    gap: float
    normal: Strategy
    local: Strategy
    autoencoder: Autoencoder | None = None

    @classmethod
    def of(cls, scorer: Scorer) -> Self:
        """Return what the liars of a study are made from."""
        study = scorer.study
        rows = pick_rows(study.rows, np.flatnonzero(study_sets(study).unseen), study.attributes)
        autoencoder = scorer.autoencoder if study.has_decoder else None
        if autoencoder is not None and np.isnan(autoencoder.cycle(scorer.fitted[:1])).any():
            autoencoder = None  # it decodes alone
        return cls(
            learned=scorer.fitted,
            unseen=scorer.unseen,
            rows=rows.fillna(False).astype(bool),
            gap=float(scorer.latent.originals.usual_gap),
            normal=MultivariateNormal().fit(scorer.fitted, scorer.description),
            local=LocalNormal(BROKEN_K, BROKEN_SPREAD).fit(scorer.fitted, scorer.description),
            autoencoder=autoencoder,
        )

    def copies(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """Return learned vectors at random, (count, d)."""
        return drawn(self.learned, count, rng)

    def normals(self, width: float, count: int, rng: np.random.Generator) -> Floats:
        """Return vectors of N(μ, width² Σ), (count, d)."""
        mean = self.learned.mean(axis=0, dtype=np.float64)
        return np.asarray(mean + width * (self.normal.sample(count, rng) - mean))

    def without(self, attribute: str, count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """Return unseen real vectors that lack an attribute, (count, d)."""
        return drawn(self.unseen[~self.rows[attribute].to_numpy()], count, rng)

    def bound_up(self, shares: tuple[float, float] = BALANCED) -> list[str]:
        """Return the attributes that a share of the vectors has, that which is most bound up with all others first.

        By the mean over the others of |φ|, the correlation of two attributes. The first parts the data into two modes,
        which differ in many things at once; the last is a single trait.
        """
        bonds = self.rows.astype(float).corr().abs().sum()
        usable = bonds[self.rows.mean().between(*shares)]
        return [str(name) for name in usable.sort_values(ascending=False, kind="stable").index]


@dataclass(frozen=True)
class Liar:
    """A sample that flatters some judge.

    Attributes
    ----------
    key : str
        In tables.
    title : str
        On the screen.
    draw : callable
        Returns vectors (count, d) from the stock, their number and a generator.
    """

    key: str
    title: str
    draw: Callable[[Stock, int, np.random.Generator], Floats]


def _jittered(stock: Stock, count: int, rng: np.random.Generator) -> Floats:
    copies = stock.copies(count, rng)
    steps = rng.standard_normal(copies.shape)
    return np.asarray(copies + JITTER * stock.gap * steps / np.linalg.norm(steps, axis=1, keepdims=True))


def _half_noise(stock: Stock, count: int, rng: np.random.Generator) -> Floats:
    copies = stock.copies(count - count // 2, rng)
    return np.concatenate([copies, rng.standard_normal((count // 2, copies.shape[1]))])


LIARS: tuple[Liar, ...] = (
    Liar("copies", "Exact copies", lambda stock, count, rng: stock.copies(count, rng)),
    Liar("jittered", "Jittered copies", _jittered),
    Liar("half_noise", "Half copies, half N(0, I)", _half_noise),
    Liar("shrunken", "Shrunken normal", lambda stock, count, rng: stock.normals(SHRUNKEN, count, rng)),
    Liar("mean_face", "Mean face", lambda stock, count, rng: stock.normals(MEAN_FACE, count, rng)),
    Liar("wide", "Too wide a normal", lambda stock, count, rng: stock.normals(WIDE, count, rng)),
    Liar("broken", "Local normals of broken pictures", lambda stock, count, rng: stock.local.sample(count, rng)),
)
"""Those that need vectors alone."""


def liars_of(stock: Stock) -> tuple[Liar, ...]:
    """Return the liars that a study can have: mirrored copies with an encoder, dropped groups with attributes."""
    found = list(LIARS)
    if stock.autoencoder is not None:
        found.insert(2, _mirroring(stock.autoencoder))
    if names := stock.bound_up():
        found.append(_dropping("dropped_mode", "Dropped mode", names[0]))
    if len(names) > 1:
        found.append(_dropping("dropped_attribute", "Dropped attribute", names[-1]))
    if rare := stock.bound_up(RARE):
        found.append(_dropping("dropped_rare", "Dropped rare attribute", rare[-1]))
    return tuple(found)


def _mirroring(autoencoder: Autoencoder) -> Liar:
    """Return the encoded mirror images of what copies decode to as a liar."""

    def draw(stock: Stock, count: int, rng: np.random.Generator) -> Floats:
        images = autoencoder.decode_exactly(stock.copies(count, rng))
        return autoencoder.encode(np.ascontiguousarray(images[:, :, ::-1]))

    return Liar("mirrored", "Mirrored copies", draw)


def _dropping(key: str, title: str, attribute: str) -> Liar:
    """Return unseen real vectors without an attribute as a liar."""

    def draw(stock: Stock, count: int, rng: np.random.Generator) -> Floats:
        return stock.without(attribute, count, rng)

    return Liar(key, f"{title}, {Column(attribute, Kind.BOOL).label}", draw)
