"""What the environment says: where things lie, whether strangers use the server, and how much they may ask for."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

from core.errors import InputError

__all__ = [
    "Limits",
    "bundled_folder",
    "cache_folder",
    "data_folder",
    "is_public",
    "jobs_at_once",
    "jobs_folder",
    "limits",
    "program_folder",
    "selections_folder",
    "studies_folder",
]

INSTALLED = "zpoints_dashboard"
"""Where an installed program keeps what is no library: the dashboard, its pages, the bundled studies."""


def program_folder() -> Path:
    """Return the folder with ``dashboard.py``: the checkout, or a folder beside the installed core."""
    beside = Path(__file__).resolve().parents[1]
    return beside if (beside / "dashboard.py").is_file() else beside / INSTALLED


def bundled_folder() -> Path:
    """Return the folder of the studies that come with the program."""
    return program_folder() / "studies"


def studies_folder() -> Path:
    """Return the folder of the user's own studies: ``ZPOINTS_STUDIES``, or the system's place for a user's data."""
    given = os.environ.get("ZPOINTS_STUDIES")
    return Path(given).absolute() if given else platformdirs.user_data_path("zpoints", appauthor=False) / "studies"


def data_folder() -> Path | None:
    """Return the folder under which the dashboard lets images, vectors and models be picked: ``ZPOINTS_DATA``."""
    given = os.environ.get("ZPOINTS_DATA")
    return Path(given).absolute() if given else None


def cache_folder() -> Path:
    """Return the user's folder for what can be computed anew: ``ZPOINTS_CACHE``, or the system's place for caches."""
    given = os.environ.get("ZPOINTS_CACHE")
    return Path(given).absolute() if given else platformdirs.user_cache_path("zpoints")


def jobs_folder() -> Path:
    """Return the folder of long work and how it goes: ``ZPOINTS_JOBS``, or the system's place for a user's state."""
    given = os.environ.get("ZPOINTS_JOBS")
    return Path(given).absolute() if given else platformdirs.user_state_path("zpoints", appauthor=False) / "jobs"


def selections_folder() -> Path:
    """Return the folder of rules too long for an address: ``ZPOINTS_SELECTIONS``, or the system's place for state."""
    given = os.environ.get("ZPOINTS_SELECTIONS")
    return Path(given).absolute() if given else platformdirs.user_state_path("zpoints", appauthor=False) / "selections"


def is_public() -> bool:
    """Return whether ``ZPOINTS_PUBLIC=1`` is set: then a server writes nothing and starts nothing."""
    return os.environ.get("ZPOINTS_PUBLIC", "") not in ("", "0")


@dataclass(frozen=True)
class Limits:
    """How much may be asked for from the dashboard; the command line knows no such limits.

    Each is a whole number from 1, set by ``ZPOINTS_MAX_`` and its name in capitals.

    Attributes
    ----------
    upload_mb : int
        Megabytes of one file that is sent from the browser.
    images : int
        Images of one new study.
    vectors : int
        Latent vectors of one new study.
    drawn : int
        Vectors that a page draws on each side; on a public server no more than :data:`PUBLIC_DRAWN` unless set.
    minutes : int
        Of one job; after that it is stopped.
    """

    upload_mb: int = 4096
    images: int = 1_000_000
    vectors: int = 10_000_000
    drawn: int = 10_000
    minutes: int = 24 * 60


PUBLIC_DRAWN = 2048
"""Vectors that a page of a public server draws on each side, unless the environment says otherwise."""


def limits() -> Limits:
    """Return the limits that the environment sets.

    Raises
    ------
    InputError
        If one is no whole number from 1; the sentence names the variable.
    """
    usual = {"drawn": PUBLIC_DRAWN} if is_public() else {}
    names = {field.name: f"ZPOINTS_MAX_{field.name.upper()}" for field in fields(Limits)}
    given = {name: _count(variable) for name, variable in names.items() if os.environ.get(variable)}
    return Limits(**(usual | given))


def jobs_at_once() -> int:
    """Return how many jobs work at the same time: ``ZPOINTS_JOBS_AT_ONCE``, or one, since each can use all cores.

    Raises
    ------
    InputError
        If that is no whole number from 1.
    """
    return _count("ZPOINTS_JOBS_AT_ONCE") if os.environ.get("ZPOINTS_JOBS_AT_ONCE") else 1


def _count(variable: str) -> int:
    text = os.environ[variable]
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else math.nan
    if not value >= 1:
        raise InputError(f"{variable} must be a whole number from 1, not {text[:40]!r}; set another, or none.")
    return int(value)
