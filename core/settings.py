"""What the environment says: where derived files lie, and whether strangers use the server."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

__all__ = ["cache_folder", "is_public"]


def cache_folder() -> Path:
    """Return the user's folder for what can be computed anew: ``ZPOINTS_CACHE``, or the system's place for caches."""
    given = os.environ.get("ZPOINTS_CACHE")
    return Path(given).absolute() if given else platformdirs.user_cache_path("zpoints")


def is_public() -> bool:
    """Return whether ``ZPOINTS_PUBLIC=1`` is set: then a server writes nothing and starts nothing."""
    return os.environ.get("ZPOINTS_PUBLIC", "") not in ("", "0")
