"""Whether the verdicts of a scoreboard say what one sees: walls that were looked at without their names, and labelled.

``python -m bench.walls draw STUDY OUT [SEED]`` draws two walls of 24 pictures of each row of a scoreboard, in random
order and without names, six on a sheet, and ``OUT/key.csv`` with what they are. Look at the sheets, write the word that
fits best into the column ``label`` (one of LABELS), and add the rows to ``bench/walls.csv``.

``python -m bench.walls STUDY …`` holds the labels of that file against the verdicts of the studies' scoreboards.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from core.scores.board import Scorer
from core.scores.entries import HELD_OUT, RECONSTRUCTIONS, entries_of
from core.scores.rows import FILE, at_one_count, read_scores
from core.scores.table import board
from core.strategies import stream
from core.study import open_study

LABELLED = Path(__file__).with_name("walls.csv")

LABELS = {
    "noise": ("noise",),
    "distorted": ("distorted faces", "unlike the data"),
    "mean face": ("mean face",),
    "smooth": ("smooth faces",),
    "faces": ("faces", "some faces", "near-copies"),
}
"""What one can see, and the verdicts that say so; whether a face is a copy, nobody sees."""

SEEDS, ACROSS, ON_A_SHEET = (11, 12), 12, 6


def main() -> None:
    """Draw walls, or judge the verdicts by their labels."""
    command, *arguments = sys.argv[1:]
    if command == "draw":
        draw(Path(arguments[0]), Path(arguments[1]), int(arguments[2]) if len(arguments) > 2 else 0)
    else:
        judge([Path(name) for name in sys.argv[1:]])


def draw(folder: Path, out: Path, seed: int) -> None:
    """Draw sheets of walls without names, and the key to them."""
    study = open_study(folder)
    scorer, walls, key = Scorer(study, None), [], []
    for entry in (entry for entry in entries_of(study) if entry != HELD_OUT):
        for own in SEEDS:
            if entry == RECONSTRUCTIONS:
                vectors = scorer.real(2 * ACROSS, own)
            else:
                strategy = scorer.fit(entry)
                vectors = strategy.sample(2 * ACROSS, stream(own, strategy))
            images = scorer.autoencoder.decode(vectors)
            walls.append(np.concatenate([np.concatenate(images[:ACROSS], 1), np.concatenate(images[ACROSS:], 1)]))
            key.append((study.name, entry.key, entry.text, own, ""))
    out.mkdir(parents=True, exist_ok=True)
    order = np.random.default_rng(seed).permutation(len(walls))
    table = pd.DataFrame([key[i] for i in order], columns=["study", "strategy", "parameters", "seed", "label"])
    table.to_csv(out / "key.csv", index_label="wall")
    for start in range(0, len(walls), ON_A_SHEET):
        part = [Image.fromarray(walls[i]) for i in order[start : start + ON_A_SHEET]]
        wide, high = part[0].width // 2, part[0].height // 2 + 8
        sheet = Image.new("RGB", (wide + 60, high * len(part)), "white")
        for place, wall in enumerate(part):
            sheet.paste(wall.resize((wide, high - 8)), (60, place * high))
            ImageDraw.Draw(sheet).text((5, place * high + 30), str(start + place), fill="black")
        sheet.save(out / f"walls_{start // ON_A_SHEET:02d}.png")


def judge(folders: list[Path]) -> None:
    """Print how often verdicts agree with labels, and precision and recall of each."""
    labels = pd.read_csv(LABELLED, keep_default_na=False)
    for folder in folders:
        study = open_study(folder)
        rows = board(at_one_count(read_scores(folder / FILE)), study.title)
        both = labels[labels["study"] == study.name].merge(rows[["strategy", "parameters", "verdict"]])
        said = both["verdict"].map({verdict: label for label, verdicts in LABELS.items() for verdict in verdicts})
        print(f"{study.name}: {len(both)} walls, {(said == both['label']).mean():.2f} of the verdicts as labelled")
        for label in LABELS:
            hit = ((said == label) & (both["label"] == label)).sum()
            precision, recall = (hit / max(1, (found == label).sum()) for found in (said, both["label"]))
            print(f"  {label}: {(both['label'] == label).sum()} walls, precision {precision:.2f}, recall {recall:.2f}")
        for _, row in both[said != both["label"]].iterrows():
            print(f"  {row['strategy']} {row['parameters']}: looks like {row['label']}, called {row['verdict']}")


if __name__ == "__main__":
    main()
