"""What is cited of a study: the series that asked its questions, this program, the data."""

from __future__ import annotations

from dataclasses import dataclass

from core import __version__
from core.sources.known import recognise
from core.study.description import Study

__all__ = ["PROGRAM", "SERIES", "Citation", "citations"]


@dataclass(frozen=True)
class Citation:
    """What something is cited for, and how, in a line of plain text."""

    what: str
    text: str


SERIES = Citation(
    "the findings",
    "R. Mönchmeyer, Autoencoders and latent space fragmentation – I … X, linux-blog.anracom.com, 2023.",
)
PROGRAM = Citation(
    "this program",
    f"The zpoints developers, zpoints, a dashboard of an autoencoder's latent space, version {__version__}.",
)


def citations(study: Study) -> tuple[Citation, ...]:
    """Return what is cited of a study: its data, too, by their reference where it is known, else by their title."""
    known = recognise(study.attributes, study.source.crop if study.source is not None else 0)
    text = known.reference if known is not None else f"{study.title}, by the source that the data came from."
    return SERIES, PROGRAM, Citation("the data", text)
