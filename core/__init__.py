"""zpoints: where a trained autoencoder puts faces in its latent space, and which random vectors hit that place.

Three lines in a notebook give latent vectors, a strategy and faces:

    from core import Study, strategies

    study = Study.open("studies/celeba")
    mvn = study.fit("mvn")
    faces = study.decode(mvn.sample(24, seed=0))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core import strategies as strategies
    from core.errors import InputError as InputError
    from core.library import Study as Study
    from core.study.shelf import studies as studies

__version__ = "0.1.0"

__all__ = ["InputError", "Study", "strategies", "studies"]

_PLACES = {
    "InputError": "core.errors",
    "Study": "core.library",
    "studies": "core.study.shelf",
}
"""Where names live that are looked up when they are used: importing any part of the core imports this file first."""


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
