"""A first look at images."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.sources.images import open_images
from core.sources.preview import SAMPLE, is_grey, preview_images


def picture(shape: tuple[int, ...], seed: int = 0, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8)).save(file, kind)
    return file.getvalue()


def test_it_counts_measures_and_lists_what_is_wrong(tmp_path: Path) -> None:
    for i in range(6):
        (tmp_path / f"a{i}.png").write_bytes(picture((30, 40, 3), i))
    (tmp_path / "b.jpg").write_bytes(picture((50, 20, 3), kind="JPEG"))
    (tmp_path / "c.png").write_bytes(b"")
    (tmp_path / "d.png").write_bytes(picture((30, 40, 3))[:500])
    (tmp_path / "notes.md").write_text("notes")
    (tmp_path / "list_attr_celeba.txt").write_text("0")
    found = preview_images(open_images(tmp_path))
    assert (found.kind, found.count, found.read) == ("folder", 9, 9)
    assert found.sizes == {(40, 30): 7, (20, 50): 1}
    assert found.smallest_side == 20
    assert {reason: names for reason, names in found.bad.items() if "empty" in reason} == {
        "the file is empty": ("c.png",)
    }
    assert [names for reason, names in found.bad.items() if "empty" not in reason] == [("d.png",)]
    assert found.passed_over == {"not an image file": 1}
    assert found.sheet.shape == (7, 64, 64, 3)
    assert not found.grey
    assert found.lists == (tmp_path.absolute() / "list_attr_celeba.txt",)
    assert found.seconds > 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_grey_images_are_known_as_such(tmp_path: Path, kind: str) -> None:
    for i in range(3):
        (tmp_path / f"{i}.{kind.lower()}").write_bytes(picture((30, 30), i, kind))
    source = open_images(tmp_path)
    assert is_grey(source)
    assert preview_images(source).grey
    (tmp_path / "z.png").write_bytes(picture((30, 30, 3)))
    assert not is_grey(open_images(tmp_path))


def test_a_sample_is_read_and_its_number_said(tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for i in range(SAMPLE // 2 + 40):
            (tmp_path / label / f"{i}.png").write_bytes(picture((8, 8)) if i == 0 else b"")
    found = preview_images(open_images(tmp_path))
    assert (found.count, found.read) == (SAMPLE + 80, SAMPLE)
    assert found.classes == {"cat": SAMPLE // 2 + 40, "dog": SAMPLE // 2 + 40}
    assert found.columns == ()


def test_where_nothing_can_be_read_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no")
    found = preview_images(open_images(tmp_path))
    assert (found.smallest_side, found.grey, len(found.sheet)) == (0, False, 0)
    assert found.bad == {"the file is not an image": ("a.png",)}
