"""What somebody brings, in pictures: images as they will be cut, and reconstructions while a training goes on."""

from __future__ import annotations

from pathlib import Path

from core.exhibits.exhibit import Exhibit, Wall
from core.figures.faces import wall
from core.sources.preview import Preview

__all__ = ["contact_sheet", "reconstructions_so_far"]

COLUMNS = 12


def contact_sheet(preview: Preview) -> Exhibit:
    """Return some of the images as they will be cut."""
    count = len(preview.sheet)
    picture = Wall(wall(preview.sheet, min(COLUMNS, count), "PNG"), count, COLUMNS)
    return Exhibit("contact_sheet", "", picture, f"{count} of the images, cut to a square", "")


def reconstructions_so_far(job: str, sheet: Path, epoch: int, shown: int) -> Exhibit:
    """Return held-out images and what was made of them after an epoch; ``job`` tells several trainings apart."""
    alt = f"held-out images above, their reconstructions after epoch {epoch} below"
    caption = f"Above, images that are not trained on; below, what is made of them after epoch {epoch}."
    return Exhibit(f"sheet_{job}", "", Wall(sheet.read_bytes(), 2 * shown, shown), alt, caption)
