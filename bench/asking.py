"""Whether a diffusion model draws what it is asked for, and what asking costs.

``python -m bench.asking STUDY [ATTRIBUTES …]`` prints, for each wish such as ``Eyeglasses`` or ``Smiling+-Male``, in
which share of the decoded pictures the study's attribute network sees it: of real vectors that have it, of what is
drawn unasked, and of what is asked for with several weights; beside that the share in which a face is found, and the
copies.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.scores.asked import seen_as_asked, vectors_as_asked
from core.scores.board import Scorer
from core.scores.registry import SCORES
from core.strategies import ANYONE, Recipe, stream
from core.study import open_study
from core.study.attributes import load_attributes

WISHES = ("Eyeglasses", "Male", "-Male", "Smiling", "Blond_Hair", "Bald", "Eyeglasses+Smiling+-Male")

WEIGHTS = (0.0, 1.0, 2.0)

COUNT = 1000

LOOKED_AT = ("faces", "copied")
"""Scores that asking must not cost."""


def main() -> None:
    """Print a line for each wish and weight."""
    study = open_study(Path(sys.argv[1]))
    attributes = load_attributes(study)
    if attributes is None:
        sys.exit(f"{study.folder} has no attribute network.")
    scorer = Scorer(study, attributes)
    scores = [score for score in SCORES if score.key in LOOKED_AT]

    def line(name: str, vectors: npt.NDArray[np.float32], asked: str) -> None:
        share = seen_as_asked(attributes, scorer.autoencoder, vectors, asked)
        found = scorer.judge(vectors, scores, scorer.with_mirrored)
        costs = ", ".join(f"{key} {found[key]:.3f}" for key in LOOKED_AT)
        print(f"{asked:26} {name:10} seen in {share:.3f} of {len(vectors):,}; {costs}", flush=True)

    for asked in sys.argv[2:] or WISHES:
        line("real", vectors_as_asked(study, asked, COUNT), asked)
        for wish, weight in ((ANYONE, 0.0), *((asked, weight) for weight in WEIGHTS)):
            strategy = scorer.fit(Recipe.of("diffusion", {"asked": wish, "weight": weight}))
            name = "unasked" if wish == ANYONE else f"weight {weight:g}"
            line(name, strategy.sample(COUNT, stream(0, strategy)), asked)


if __name__ == "__main__":
    main()
