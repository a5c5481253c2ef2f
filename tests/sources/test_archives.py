"""Images in tars and parquet files, one folder for each class, and what an adversary packs."""

from __future__ import annotations

import io
import json
import random
import re
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import InputError
from core.sources.images import open_images
from core.sources.labels import join_labels
from core.sources.parquets import image_column
from core.sources.tars import STRIDE, _Unpacked

Files = dict[str, bytes]


def write_tar(path: Path, members: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def write_parquet(path: Path, pictures: Mapping[str, bytes], group: int = 7, **columns: list[object]) -> Path:
    """Write pictures as Hugging Face's data sets do."""
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    cells = pa.array([{"bytes": data, "path": name} for name, data in pictures.items()], kind)
    pq.write_table(pa.table({"image": cells, **columns}), path, row_group_size=group)
    return path


@pytest.fixture(scope="module")
def pictures() -> Files:
    """Return 20 files of noise, which no packing makes smaller, in an order that is not theirs by name."""
    rng = np.random.default_rng(0)
    files = {}
    for i in rng.permutation(20):
        file = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8)).save(file, "PNG")
        files[f"{i:03}.png"] = file.getvalue()
    return files


def pixels_by_name(path: Path, size: int = 16) -> dict[str, np.ndarray]:
    source = open_images(path)
    (batch,) = source.batches(source.names, size)
    assert not batch.skipped
    return dict(zip(batch.names, batch.pixels, strict=True))


@pytest.mark.parametrize("kind", ["a.tar", "a.tar.gz", "a.tgz", "a.parquet"])
def test_an_archive_gives_the_images_of_the_folder_under_the_same_names(
    tmp_path: Path, pictures: Files, kind: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    path = tmp_path / kind
    found = pixels_by_name((write_parquet if kind.endswith("parquet") else write_tar)(path, pictures))
    assert list(found) == list(pictures)  # in the order of the file, in which it is read fastest
    for name, pixels in pixels_by_name(folder).items():
        np.testing.assert_array_equal(found[name], pixels)


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_packed_tar_is_read_at_any_place(rng: random.Random) -> None:
    data, path = _packed()
    unpacked = _Unpacked(path)
    for _ in range(20):
        start, size = rng.randrange(len(data) + 100), rng.randrange(3 * STRIDE)
        unpacked.seek(start)
        assert unpacked.read(size) == data[start : start + size]


_made: list[tuple[bytes, Path]] = []


def _packed() -> tuple[bytes, Path]:
    return _made[0]


@pytest.fixture(scope="module", autouse=True)
def packed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Write some megabytes, partly noise and partly not, as two gzip files one after the other."""
    rng = np.random.default_rng(0)
    data = rng.bytes(STRIDE) + bytes(3 * STRIDE) + rng.integers(0, 4, 2 * STRIDE, np.uint8).tobytes()
    path = tmp_path_factory.mktemp("packed") / "a.gz"
    packers = [zlib.compressobj(wbits=31) for _ in range(2)]
    halves = (data[: 2 * STRIDE + 5], data[2 * STRIDE + 5 :])
    path.write_bytes(b"".join(p.compress(half) + p.flush() for p, half in zip(packers, halves, strict=True)))
    _made[:] = [(data, path)]


# What is known of the images


def test_one_folder_for_each_class_becomes_a_column(tmp_path: Path, pictures: Files) -> None:
    kinds = ("cat", "dog")
    files = {f"pets/{kinds[i % 2]}/{name}": data for i, (name, data) in enumerate(pictures.items())}
    source = open_images(write_tar(tmp_path / "pets.tar", files))
    rows = join_labels(source.names, known=source.known).rows
    assert rows["class"].tolist() == [kinds[i % 2] for i in range(20)]
    assert set(rows["partition"]) == {""}


def test_folders_called_train_and_test_are_partitions(tmp_path: Path, pictures: Files) -> None:
    places = ("train/a", "train/b", "val/a", "Test/b")
    files = {f"{places[i % 4]}/{name}": data for i, (name, data) in enumerate(pictures.items())}
    source = open_images(write_tar(tmp_path / "set.tar", files))
    rows = join_labels(source.names, known=source.known).rows
    assert rows["partition"].tolist() == ["train", "train", "validation", "test"] * 5
    assert rows["class"].tolist() == ["a", "b", "a", "b"] * 5


@pytest.mark.parametrize("place", ["", "faces/", "faces/faces/", "{}/"])
def test_one_folder_for_all_or_each_image_is_no_class(tmp_path: Path, pictures: Files, place: str) -> None:
    files = {f"{place.format(name)}{name}": data for name, data in pictures.items()}
    assert open_images(write_tar(tmp_path / "a.tar", files)).known.columns.empty


def test_columns_beside_images_are_kept_and_numbers_that_stand_for_names_become_classes(
    tmp_path: Path, pictures: Files
) -> None:
    path = write_parquet(tmp_path / "a.parquet", pictures, label=[0, 1] * 10, age=list(range(20)), glad=[True] * 20)
    features = {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}, "image": {"_type": "Image"}}
    table = pq.read_table(path).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path)
    source = open_images(path)
    rows = join_labels(source.names, known=source.known).rows
    assert rows["class"].tolist() == ["cat", "dog"] * 10
    assert rows["age"].tolist() == list(range(20))
    assert rows["glad"].dtype == pd.BooleanDtype()


def test_rows_without_names_are_numbered_and_empty_cells_skipped(tmp_path: Path, pictures: Files) -> None:
    cells = pa.array([*pictures.values(), None, b"no picture"], pa.binary())
    pq.write_table(pa.table({"photo": cells}), tmp_path / "a.parquet")
    source = open_images(tmp_path / "a.parquet")
    assert source.names == tuple(f"{i:02}" for i in range(22))
    (batch,) = source.batches(source.names, 8)
    assert {s.name: s.reason for s in batch.skipped} == {"20": "the cell is empty", "21": "the file is not an image"}


def test_a_column_of_text_names_the_rows(tmp_path: Path, pictures: Files) -> None:
    table = pa.table({"data": pa.array(pictures.values(), pa.binary()), "file_name": list(pictures)})
    pq.write_table(table, tmp_path / "a.parquet")
    assert open_images(tmp_path / "a.parquet").names == tuple(pictures)


def test_a_table_of_numbers_holds_no_images(tmp_path: Path) -> None:
    pq.write_table(pa.table({"z0": [1.0, 2.0]}), tmp_path / "a.parquet")
    assert image_column(tmp_path / "a.parquet") is None
    with pytest.raises(InputError, match=r"has no column of images"):
        open_images(tmp_path / "a.parquet")


# Hostile files


def test_an_archive_within_an_archive_is_passed_over_with_the_reason(tmp_path: Path, pictures: Files) -> None:
    inner = write_tar(tmp_path / "inner.tar", pictures).read_bytes()
    source = open_images(write_tar(tmp_path / "outer.tar", pictures | {"inner.tar": inner, "more.zip": b"PK"}))
    assert {s.name: s.reason for s in source.skipped} == dict.fromkeys(
        ("inner.tar", "more.zip"), "an archive within the archive is not opened"
    )
    with pytest.raises(InputError, match=r"holds no images .*inner\.tar: an archive within the archive is not opened"):
        open_images(write_tar(tmp_path / "only.tar", {"inner.tar": inner}))


@pytest.mark.parametrize("name", ["../a.png", "/etc/a.png", "a/../../b.png"])
def test_a_tar_with_a_path_that_leads_out_is_refused(tmp_path: Path, pictures: Files, name: str) -> None:
    with pytest.raises(InputError, match=r"holds the unsafe path"):
        open_images(write_tar(tmp_path / "a.tar", pictures | {name: b"x"}))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_tar_with_a_link_is_refused(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("a.png")
    info.type, info.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.addfile(info)
    with pytest.raises(InputError, match=r"a\.tar holds the link 'a\.png'"):
        open_images(tmp_path / "a.tar")


def test_a_device_in_a_tar_is_passed_over(tmp_path: Path, pictures: Files) -> None:
    path = write_tar(tmp_path / "a.tar", pictures)
    info = tarfile.TarInfo("null.png")
    info.type = tarfile.CHRTYPE
    with tarfile.open(path, "a") as archive:
        archive.addfile(info)
    assert [(s.name, s.reason) for s in open_images(path).skipped] == [("null.png", "not a regular file")]


@pytest.mark.parametrize("kind", ["a.tar", "a.tar.gz"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_tar_is_refused(tmp_path: Path, pictures: Files, kind: str, share: float) -> None:
    data = write_tar(tmp_path / kind, pictures).read_bytes()
    whole = len(data) if kind.endswith("gz") else sum(512 + -(-len(d) // 512) * 512 for d in pictures.values())
    (tmp_path / kind).write_bytes(data[: int(share * whole)])
    with pytest.raises(InputError, match=r"is a truncated or damaged tar \("):
        open_images(tmp_path / kind)


def test_a_tar_whose_header_is_garbled_in_the_middle_is_refused(tmp_path: Path, pictures: Files) -> None:
    path = write_tar(tmp_path / "a.tar", pictures)
    data = bytearray(path.read_bytes())
    second = 512 + -(-len(next(iter(pictures.values()))) // 512) * 512
    data[second : second + 100] = bytes(range(100))
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"is a truncated or damaged tar \(it does not end as it should"):
        open_images(path)


def test_a_header_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2**32
    packer = zlib.compressobj(wbits=31)
    (tmp_path / "a.tar.gz").write_bytes(packer.compress(info.tobuf() + bytes(2**20)) + packer.flush())
    with pytest.raises(InputError, match=r"has a header of 4,294,967,296 bytes; pack the images anew"):
        open_images(tmp_path / "a.tar.gz")


def test_a_zip_that_unpacks_to_more_than_images_do_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(40):
            archive.writestr(f"{i}.bmp", bytes(2**20))
    data = (tmp_path / "a.zip").read_bytes()  # each member claims 63 MiB
    size = (2**20).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data.replace(size, (63 * 2**20).to_bytes(4, "little")))
    with pytest.raises(InputError, match=r"unpacks to more than 2 GiB, 50 times its size and more"):
        open_images(tmp_path / "a.zip")


def test_a_parquet_file_of_too_large_groups_is_refused(
    tmp_path: Path, pictures: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sources.parquets.MAX_GROUP", 10_000)
    with pytest.raises(InputError, match=r"has 20 rows in groups of up to 0 MiB of images; write fewer rows"):
        open_images(write_parquet(tmp_path / "a.parquet", pictures))


def test_a_parquet_file_whose_columns_contradict_its_schema_does_not_end_the_program(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"image": [{"bytes": b"a"}, {"bytes": b"b"}]}), path)
    optional, required = (b"\x25" + kind + b"\x18\x05bytes" for kind in (b"\x02", b"\x00"))
    data = path.read_bytes()
    assert optional in data
    path.write_bytes(data.replace(optional, required))
    source = open_images(path, 0)
    with pytest.raises(OSError, match=r"^its group of rows is damaged \("):
        source.image(source.names[0])


def test_a_parquet_file_that_has_fewer_rows_than_it_says_does_not_end_the_program(tmp_path: Path) -> None:
    path, count, more = tmp_path / "a.parquet", b"\x16\x9a\x01", b"\x16\x9c\x01"  # 77 and 78, as Thrift writes them
    pq.write_table(pa.table({"image": [b"a"] * 154}), path, row_group_size=77)
    data = path.read_bytes()
    for place in (found.start() for found in re.finditer(re.escape(count), data)):
        path.write_bytes(data[:place] + more + data[place + len(count) :])
        if pq.read_metadata(path).row_group(0).num_rows == 78:
            break
    source = open_images(path, 0)
    with pytest.raises(OSError, match=r"^its group of rows is damaged \(77 rows in place of 78\)"):
        source.image(source.names[77])


def test_names_that_would_fill_the_memory_are_refused(
    tmp_path: Path, pictures: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sources.parquets.MAX_COLUMN", 2**20)
    data = next(iter(pictures.values()))
    table = pa.table({"data": pa.array([data] * 1000, pa.binary()), "name": ["x" * 2**12] * 1000})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"has names or labels of 4,096 bytes; leave that column out"):
        open_images(tmp_path / "a.parquet")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.floats(0, 1), st.sampled_from(["a.tar", "a.tar.gz", "a.parquet"]))
def test_damage_anywhere_is_refused_or_skipped(
    sound: dict[str, bytes], where: Path, splinter: bytes, place: float, kind: str
) -> None:
    data = sound[kind]
    start = int(place * len(data))
    (where / kind).write_bytes(data[:start] + splinter + data[start + len(splinter) :])
    try:
        source = open_images(where / kind)
    except InputError as error:
        said = str(error)
    else:
        (batch,) = source.batches(source.names, 8)
        said = ""
        assert len(batch.names) + len(batch.skipped) == len(source)
    assert "\n" not in said


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@pytest.fixture(scope="module")
def sound(pictures: Files, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sound")
    writers = {"a.tar": write_tar, "a.tar.gz": write_tar, "a.parquet": write_parquet}
    return {name: write(folder / name, pictures).read_bytes() for name, write in writers.items()}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a.tar", "a.tar.gz", "a.zip"])
def test_thousands_of_empty_members_are_never_read(tmp_path: Path, kind: str) -> None:
    names = [f"{i:05}.png" for i in range(10_000)]
    if kind.endswith("zip"):
        with zipfile.ZipFile(tmp_path / kind, "w") as archive:
            for name in names:
                archive.writestr(name, b"")
    else:
        write_tar(tmp_path / kind, dict.fromkeys(names, b""))
    with pytest.raises(InputError, match=r"holds no images .* \(passed over is 00000\.png: the file is empty\)\.$"):
        open_images(tmp_path / kind)


def test_a_packed_tar_that_unpacks_to_more_than_images_do_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sources.members.ROOM", 2**22)
    with pytest.raises(InputError, match=r"unpacks to more than 0 GiB, 50 times its size and more"):
        open_images(write_tar(tmp_path / "bomb.tar.gz", {"a.png": bytes(2**23)}))
    assert [path.name for path in tmp_path.iterdir()] == ["bomb.tar.gz"]
