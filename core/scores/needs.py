"""What scores look at, or look with."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Need"]


class Need(StrEnum):
    """What a score looks at, or looks with; all but the first two need decoded images."""

    VECTORS = "vectors"
    LAW = "law"
    IMAGES = "images"
    DETECTOR = "face detector"
    NETWORK = "attribute network"

    @property
    def of_images(self) -> bool:
        """Whether it needs decoded images."""
        return self not in (Need.VECTORS, Need.LAW)
