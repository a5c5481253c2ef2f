"""A study for notebooks: opened by name, fitted and decoded in a line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.networks import Autoencoder
from core.progress import Listener
from core.statistics import Description
from core.strategies import Recipe, Strategy
from core.study import description, open_study
from core.study.archive import export_study, install_export
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.shelf import find_study
from core.study.writing import write_vectors

__all__ = ["Study"]


@dataclass(frozen=True, eq=False)
class Study(description.Study):
    """A study as :func:`core.study.open_study` opens it, with what a notebook asks of it.

    ``study.latents`` are its vectors, float (n, d) and memory-mapped, ``study.rows`` what is known of each.

    Examples
    --------
    >>> from core import Study
    >>> study = Study.open("studies/celeba")
    >>> mvn = study.fit("mvn")
    >>> mvn.sample(24, seed=0).shape
    (24, 256)
    """

    @classmethod
    def open(cls, study: str | Path) -> Self:
        """Open a study that is given by its folder, or by the name of a bundled one or of the user's own.

        Raises
        ------
        InputError
            If there is none, or it is damaged; the sentence names the file and the field.
        """
        return cls._of(open_study(find_study(study)))

    @classmethod
    def of_vectors(
        cls,
        vectors: npt.NDArray[Any],
        folder: str | Path,
        rows: pd.DataFrame | None = None,
        *,
        title: str | None = None,
        replace: bool = False,
    ) -> Self:
        """Write a study of latent vectors (n, d) that were made elsewhere, and open it.

        See :func:`core.study.writing.write_vectors` for the parameters and the errors.
        """
        return cls._of(write_vectors(vectors, folder, rows, title=title, replace=replace))

    @classmethod
    def of_export(cls, path: str | Path, folder: str | Path, *, replace: bool = False) -> Self:
        """Make a study of an exported one, and open it; see :func:`core.study.archive.install_export`."""
        return cls._of(install_export(Path(path), Path(folder), replace=replace))

    @classmethod
    def _of(cls, opened: description.Study) -> Self:
        return cls(**{field.name: getattr(opened, field.name) for field in fields(opened)})

    def export(self, path: str | Path, *, replace: bool = False) -> None:
        """Write the study into one file; see :func:`core.study.archive.export_study`."""
        export_study(self.folder, Path(path), replace=replace)

    @cached_property
    def description(self) -> Description:
        """Moments, principal axes, radii and distances of the vectors; computed once and kept with the study."""
        return describe_study(self)

    @cached_property
    def autoencoder(self) -> Autoencoder:
        """Encoder and decoder, loaded at the first use. Raises `InputError` where the study has none."""
        return self.load_autoencoder()

    def fit(
        self,
        strategy: str | Strategy,
        parameters: Mapping[str, Any] | None = None,
        *,
        report: Listener | None = None,
        train: bool = False,
    ) -> Strategy:
        """Return a strategy that has learned from the vectors of the study; what takes long is kept with it.

        Parameters
        ----------
        strategy : str or Strategy
            A key such as ``"mvn"`` (all are in ``core.strategies.STRATEGIES``), or a strategy that is not fitted.
        parameters : mapping, optional
            Of a strategy given by its key, by name.
        report : callable, optional
            Told how far it is, where learning takes long.
        train : bool
            Train what has to be trained, and is not yet.

        Raises
        ------
        InputError
            If there is no such strategy, a parameter is out of range, or it would have to be trained.
        """
        made = Recipe.of(strategy, parameters).make() if isinstance(strategy, str) else strategy
        return fit_strategy(self, self.description, made, report, train=train)

    def decode(self, vectors: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return the images that vectors (n, d) decode to, uint8 (n, height, width, channels).

        Raises
        ------
        InputError
            If the study has no decoder, or the vectors another dimension.
        """
        return self.autoencoder.decode(np.asarray(vectors))

    def encode(self, images: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the latent vectors, float32 (n, d), of images: uint8, or float in [0, 1]; raises as :meth:`decode`."""
        return self.autoencoder.encode(images)
