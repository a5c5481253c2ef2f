"""Held-out images and their reconstructions after each epoch, kept in the workplace of a training while it goes on.

They show images, so they lie in no study: they go with the workplace.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.networks import Autoencoder
from core.networks.runtime import import_onnxruntime
from core.storage import whole_file

__all__ = ["SHOWN", "Sheets", "find_sheets", "sheet"]

SHOWN, SIDE, GAP = 10, 96, 2
"""Images of a sheet; pixels of the side of each, at most, and between them."""

MOST = 100
"""Sheets of a training, at most: of a longer one, every second epoch has one, or every third."""

_NAME = re.compile(r"epoch-(\d{5})\.png")


class Sheets:
    """Writes a sheet after an epoch: images above, what the autoencoder makes of them below.

    Parameters
    ----------
    work : Path
        Workplace of the training.
    pixels : uint8 array of shape (n, h, w, c)
        Of the held-out images; the first few are shown.
    epochs : int
        In the whole training.
    """

    def __init__(self, work: Path, pixels: npt.NDArray[np.uint8], epochs: int) -> None:
        self._work, self._pixels, self._epochs = work, pixels[:SHOWN], epochs
        import_onnxruntime()  # now: a signal that comes while a library is loaded would look like its failure

    def write(self, epoch: int, autoencoder: Autoencoder) -> None:
        """Write the sheet of an epoch, if it is its turn."""
        if len(self._pixels) and (epoch % -(-self._epochs // MOST) == 0 or epoch in (1, self._epochs)):
            decoded = autoencoder.decode(autoencoder.encode(self._pixels))
            with whole_file(self._work / f"epoch-{epoch:05}.png") as partial:
                sheet(self._pixels, decoded).save(partial, "PNG")


def find_sheets(work: Path) -> dict[int, Path]:
    """Return the sheets in the workplace of a training by epoch, in their order."""
    found = ((match, path) for path in work.glob("epoch-*.png") if (match := _NAME.fullmatch(path.name)))
    return dict(sorted((int(match[1]), path) for match, path in found))


def sheet(*rows: npt.NDArray[np.uint8]) -> Image.Image:
    """Return rows of as many images each, uint8 (n, h, w, c), as one picture, gaps transparent."""
    side = min(SIDE, max(rows[0].shape[1:3]))
    whole = Image.new("RGBA", (len(rows[0]) * (side + GAP) - GAP, len(rows) * (side + GAP) - GAP))
    for y, images in enumerate(rows):
        for x, image in enumerate(images):
            tile = Image.fromarray(image if image.shape[2] == 3 else image[..., 0])
            whole.paste(tile.resize((side, side), Image.Resampling.BOX), (x * (side + GAP), y * (side + GAP)))
    return whole
