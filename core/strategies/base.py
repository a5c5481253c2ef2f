"""What every sampling strategy is: a scikit-learn estimator that yields statistical vectors."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.progress import Listener
from core.statistics import Description, Posteriors, RadiusLaw, describe
from core.statistics.blocks import check_vectors
from core.strategies.parameters import Parameter, Value

__all__ = ["Effort", "Knows", "Labels", "Material", "Stage", "Strategy", "stream"]

MAX_COUNT = 1_000_000
"""Most vectors that one call of :meth:`Strategy.sample` draws."""

Vectors = npt.NDArray[np.float32]


class Effort(StrEnum):
    """What a fit to 30,000 vectors costs, unless it is kept from an earlier one."""

    INSTANT = "instant"
    SECONDS = "seconds"
    TRAINING = "training"
    """Minutes and more: never begun by the way."""


class Knows(StrEnum):
    """What a strategy knows of the data: the groups of the tabs, in their order."""

    NOTHING = "almost nothing"
    EACH = "each component"
    DEPENDENCE = "their dependence"
    LAWS = "several laws"
    LEARNED = "a learned law"
    DATA = "the data"


@dataclass(frozen=True, eq=False)
class Stage:
    """What a strategy that trains would be if its training ended after an epoch. What it costs little to ask is asked.

    Attributes
    ----------
    epoch : int
        From 0, before the first.
    epochs : int
        In the whole training.
    steps : int
        Of the solver: few, since a look must cost little of the training's time; 0 where nothing is solved.
    judged : int
        Vectors that it never learns from, whose likelihood :attr:`log_likelihood` is.
    log_likelihood : callable
        Returns their mean log density in nats per component; None where the law has no density.
    sample : callable
        Returns that many vectors (count, d), always from the same noise.
    """

    epoch: int
    epochs: int
    steps: int
    judged: int
    log_likelihood: Callable[[], float | None]
    sample: Callable[[int], Vectors]


@dataclass(frozen=True, eq=False)
class Labels:
    """What is known of the vectors that are learned from.

    Attributes
    ----------
    names : tuple of str
    told : int8 array (n, names)
        1 where a vector has an attribute, -1 where it has it not, 0 where that is not known.
    """

    names: tuple[str, ...]
    told: npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Material:
    """What a strategy that trains can have besides the vectors it learns from.

    Attributes
    ----------
    validation : array (m, d), optional
        Vectors that it never learns from, and that say when to stop; without them it leaves out some of its own.
    mirrored : array (k, d), optional
        Vectors of mirrored pictures, to be learned from, too.
    posteriors : Posteriors, optional
        What the vectors were drawn from, and the mirrored ones after them, to be drawn anew in each epoch.
    labels : Labels, optional
        Of the vectors, and of the mirrored ones after them.
    workplace : path, optional
        Folder where it keeps how far it is, to go on from there when it was interrupted; for the same vectors,
        parameters and version alone.
    watch : callable, optional
        Told of each stage of a training, from epoch 0 on, when it is kept.
    """

    validation: npt.NDArray[np.floating] | None = None
    mirrored: npt.NDArray[np.floating] | None = None
    posteriors: Posteriors | None = None
    labels: Labels | None = None
    workplace: Path | None = None
    watch: Callable[[Stage], None] | None = None


class Strategy:
    """A way to draw statistical vectors from what the latent vectors of a study teach it.

    A subclass names itself in the class attributes below, lists its ``parameters``, takes them in ``__init__`` as
    scikit-learn's estimators do, and implements ``_fit`` and ``_sample``. Arguments are checked here, once. It is no
    subclass of theirs, which would take a second of every start, but has the methods that ``sklearn.base.clone`` asks
    for.
    """

    key: ClassVar[str]
    """Short name in links, file names and CSV."""
    salt: ClassVar[int]
    """Sets its random stream apart from the others'; by default the key's checksum. Declared, it outlives a new key."""
    title: ClassVar[str]
    """Name on the tab."""
    knows: ClassVar[Knows]
    """What it knows of the data, which is the group of its tab."""
    does: ClassVar[str] = ""
    """How it draws, in words that need no statistics, to go on after its title."""
    assumes: ClassVar[str]
    """One line on what it takes for granted."""
    formula: ClassVar[str]
    """LaTeX, without delimiters."""
    post: ClassVar[str]
    """Where it comes from."""
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    scored: ClassVar[tuple[Mapping[str, Value], ...]] = ({},)
    """Parameters of its rows on the scoreboard, those that are not as usual."""
    no_law: ClassVar[str] = "The law of its radius is not known."
    """A sentence on why there is no law of the radius, where there is none."""
    no_density: ClassVar[str] = "Its law has no density here: along some direction the data do not vary."
    """A sentence on why there is no density, where there is none."""
    learned: ClassVar[tuple[str, ...]] = ()
    """Names of the learned arrays that take long, and are kept with the study (see :mod:`core.study.fits`)."""
    effort: ClassVar[Effort] = Effort.INSTANT
    """What learning costs."""
    fit_version: ClassVar[int] = 1
    """Grows when the strategy learns in another way, so that what was kept before is learned anew."""
    starts_as: ClassVar[str] = ""
    """Name of the law that it is before it is trained, where it is trained."""
    loses: ClassVar[str] = ""
    """What the losses of its training are, to begin a sentence with, where it is trained."""
    needs_posteriors: ClassVar[bool] = False
    """Whether it draws from the posteriors of a variational autoencoder, and has no tab where there are none."""

    dimension_: int
    posteriors_: Posteriors | None = None

    _law: tuple[RadiusLaw | None] | None = None  # computed once per fit
    _material: Material  # while it learns

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if hasattr(cls, "key") and not hasattr(cls, "salt"):
            cls.salt = zlib.crc32(cls.key.encode())

    def fit(
        self,
        latents: npt.ArrayLike,
        description: Description | None = None,
        known: Mapping[str, npt.NDArray[Any]] | None = None,
        report: Listener | None = None,
        posteriors: Posteriors | None = None,
        material: Material | None = None,
    ) -> Self:
        """Learn from latent vectors.

        Parameters
        ----------
        latents : array (n, d)
        description : Description, optional
            Their statistics where they are known already; computed otherwise.
        known : mapping of str to array, optional
            What an earlier fit to the same vectors with the same parameters has learned: the arrays that
            :attr:`learned` names.
        report : callable, optional
            Told how far it is, where learning takes long.
        posteriors : Posteriors, optional
            Of the n images, for strategies that draw from them.
        material : Material, optional
            What there is besides for a strategy that trains.

        Raises
        ------
        InputError
            If the vectors or the parameters cannot be used.
        """
        array = check_vectors(latents)
        self.check_parameters()
        description = describe(array) if description is None else description
        if known is None:
            self._material = material or Material()
            self._learn(array, description, report or (lambda _: None))
            self.__dict__.pop("_material")
        else:
            for name in self.learned:
                setattr(self, name, known[name])
        if self.needs_posteriors:
            self.posteriors_ = posteriors
        self._fit(array, description)
        self.__dict__.pop("_law", None)
        self.dimension_ = array.shape[1]
        return self

    def get_params(self, deep: bool = True) -> dict[str, Value]:
        """Return the parameters by name."""
        return {name: getattr(self, name) for name in sorted(parameter.name for parameter in self.parameters)}

    def set_params(self, **values: Value) -> Self:
        """Set parameters by name; raise `InputError` for unknown ones and impossible values."""
        for name, value in self.checked(values).items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        """Return what would make it anew."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.get_params().items())})"

    @property
    def is_fitted(self) -> bool:
        """Whether :meth:`fit` was called."""
        return hasattr(self, "dimension_")

    def sample(self, count: int, rng: np.random.Generator | None = None, *, seed: int = 0) -> Vectors:
        """Draw ``count`` vectors, float32 of shape (count, d).

        Parameters
        ----------
        count : int
        rng : numpy.random.Generator, optional
            The same state gives the same vectors. Without one, the strategy's own stream of the seed: the vectors that
            the dashboard and the command line draw.
        seed : int

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before :meth:`fit`.
        InputError
            If the count is not from 1 to a million, or the seed is negative.
        """
        if not self.is_fitted:
            from sklearn.exceptions import NotFittedError

            raise NotFittedError(f"This {type(self).__name__} is not fitted yet; call fit first.")
        if not 1 <= count <= MAX_COUNT:
            raise InputError(f"The number of vectors must be from 1 to {MAX_COUNT:,}, not {count}.")
        if seed < 0:
            raise InputError(f"seed must be a whole number from 0, not {seed}.")
        return self._sample(count, stream(seed, self) if rng is None else rng).astype(np.float32)

    @classmethod
    def checked(cls, values: Mapping[str, Any]) -> dict[str, Value]:
        """Return values of parameters, checked and of the right type; raise `InputError` for unknown ones."""
        known = {p.name: p for p in cls.parameters}
        if unknown := sorted(set(values) - set(known)):
            raise InputError(f"{cls.key} has no parameter {unknown[0]!r}; it takes {', '.join(known) or 'none'}.")
        return {name: known[name].check(value) for name, value in values.items()}

    def check_parameters(self) -> None:
        """Raise `InputError` if a parameter is out of its range."""
        for parameter in self.parameters:
            setattr(self, parameter.name, parameter.check(getattr(self, parameter.name)))

    def label(self) -> str:
        """Return a heading for a sample, after fit: the title and what the parameters amount to."""
        return self.title

    def note(self) -> str | None:
        """Return a sentence on what the parameters bring about, after fit; None where there is nothing to say."""
        return None

    def wish(self) -> str:
        """Return which attributes are asked for, as a reader sees them; empty where none are."""
        return ""

    def losses(self) -> npt.NDArray[np.float32] | None:
        """Return losses (epochs + 1, 2) of its training, in training and on held-out vectors, from before it on.

        None where nothing was trained.
        """
        return None

    def radius_law(self) -> RadiusLaw | None:
        """Return the law of |x| where theory knows it, after fit; None elsewhere, for which :attr:`no_law` is why."""
        if self._law is None:
            self._law = (self._radius_law(),)
        return self._law[0]

    def log_density(self, vectors: npt.ArrayLike) -> npt.NDArray[np.float64] | None:
        """Return the logarithm of the density that is sampled, in nats, at vectors (n, d), after fit; (n,).

        It is -∞ where the law does not reach, and None where it has no density, for which :attr:`no_density` is why.

        Raises
        ------
        InputError
            If the vectors have another dimension or are not finite.
        """
        return self._log_density(self._checked(vectors))

    def _checked(self, vectors: npt.ArrayLike) -> npt.NDArray[np.float64]:
        array = check_vectors(vectors, self.dimension_).astype(np.float64)
        if not np.isfinite(array).all():
            raise InputError("The vectors hold NaN or infinity; make or export them anew.")
        return array

    def _learn(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        """Learn what takes long: set the arrays that :attr:`learned` names."""

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        raise NotImplementedError

    def _radius_law(self) -> RadiusLaw | None:
        return None

    def _log_density(self, vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
        return None

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        raise NotImplementedError


def stream(seed: int, strategy: Strategy) -> np.random.Generator:
    """Return the strategy's own random stream: another strategy, or a new one, leaves it alone."""
    return np.random.default_rng((seed, strategy.salt))
