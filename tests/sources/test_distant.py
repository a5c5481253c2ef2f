"""Images in a zip behind an address: those of the zip, read by ranges, and one sentence for whatever stands between."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import numpy as np
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractBufferedFile
from PIL import Image

from core.errors import InputError
from core.sources.distant import Distant, place
from core.sources.images import open_images
from core.sources.labels import find_lists

COUNT = 40


class Ranges(AbstractBufferedFile):
    """A file of the store below."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        if Store.left <= 0:
            raise TimeoutError("the line is dead")
        Store.left -= 1
        Store.asked.append(end - start)
        return Path(self.path).read_bytes()[start:end]


class Store(LocalFileSystem):
    """Local files as a store in a network gives them: range by range, as long as the line holds."""

    protocol = "counted"
    asked: ClassVar[list[int]] = []
    left = 10**6

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **options: Any) -> Ranges:
        return Ranges(self, path, mode, block_size, size=Path(path).stat().st_size)


@pytest.fixture
def line() -> type[Store]:
    fsspec.register_implementation("counted", Store, clobber=True)
    Store.asked, Store.left = [], 10**6
    return Store


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "images.zip"
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(COUNT):
            buffer = io.BytesIO()
            Image.fromarray(rng.integers(0, 255, (160, 160, 3), np.uint8)).save(buffer, "PNG")
            archive.writestr(f"{number:03}.png", b"damaged" if number == 7 else buffer.getvalue())
    return path


def test_a_zip_behind_an_address_gives_the_images_of_the_zip_by_ranges(packed: Path, line: type[Store]) -> None:
    distant, here = open_images(place(f"counted://{packed}")), open_images(packed)
    assert (distant.names, distant.kind, distant.crop) == (here.names, here.kind, here.crop)
    first = sum(line.asked)
    ours, theirs = (next(source.batches(source.names[:10], 32)) for source in (here, distant))
    np.testing.assert_array_equal(ours.pixels, theirs.pixels)
    assert ours.skipped == theirs.skipped
    assert len(theirs.skipped) == 1
    assert max(line.asked) < 2 * 2**20 + 1
    assert first < packed.stat().st_size
    assert find_lists(distant.path) == (None, None)
    with pytest.raises(InputError, match=r"^counted://\S+ is an address; this needs .* copy them first\.$"):
        _ = distant.local


def test_a_lost_line_ends_the_work_and_passes_over_no_image(packed: Path, line: type[Store]) -> None:
    source = open_images(place(f"counted://{packed}"))
    line.left = 0
    with pytest.raises(InputError, match=r"^counted://\S+ cannot be read \(the line is dead\); see to the connection"):
        next(source.batches(source.names, 32))


def test_another_zip_under_the_address_is_another_one(tmp_path: Path, packed: Path) -> None:
    (tmp_path / "images.zip").write_bytes(packed.read_bytes())
    address = Distant((tmp_path / "images.zip").as_uri())
    before = address.stat()
    assert before == address.stat()
    assert before.st_size == packed.stat().st_size
    (tmp_path / "images.zip").write_bytes(packed.read_bytes() + b"\0")
    assert address.stat().st_mtime_ns != before.st_mtime_ns


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nowhere://images.zip", r"is in no store that fsspec knows \(Protocol not known: nowhere\); give a path"),
        ("zip://a.png::file:///images.zip", "is read through another address; give that of the zip itself"),
        ("memory://absent.zip", "does not exist; give the address of the zip"),
        (f"file://{Path(__file__)}", "is no folder, zip, tar or parquet file"),
    ],
)
def test_an_address_that_leads_to_no_zip_is_refused_in_one_sentence(address: str, sentence: str) -> None:
    with pytest.raises(InputError, match=rf"^{address} {sentence}"):
        open_images(place(address))


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(address: str) -> None:
        raise ImportError(f"Install s3fs to access {address[:2].upper()}")

    monkeypatch.setattr("fsspec.core.url_to_fs", absent)
    with pytest.raises(InputError, match=r"s3://a/b\.zip needs a driver .*Install s3fs to access S3.* every worker\."):
        open_images(place("s3://a/b.zip"))


def test_only_what_looks_like_an_address_is_one() -> None:
    assert place("images.zip") == Path("images.zip")
    assert place("C:/images") == Path("C:/images")
    assert place("s3://bucket/images.zip") == Distant("s3://bucket/images.zip")
