"""Images from folders and zips: the layouts of CelebA, the crop, and every way in which a download goes wrong."""

import io
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import InputError
from core.sources import members as module
from core.sources.celeba import CELEBA_CROP, CELEBA_SIZE
from core.sources.images import ImageSource, open_images
from core.sources.pixels import prepare

Faces = dict[str, bytes]


def write_zip(path: Path, members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_folder(folder: Path, members: Mapping[str, bytes]) -> Path:
    for name, data in members.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def pixels_of(source: ImageSource, size: int = 32) -> np.ndarray:
    (batch,) = source.batches(source.names, size)
    assert batch.names == source.names
    return batch.pixels


def png(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return a PNG file that claims a size and holds no pixels."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (chunk, data, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def read_reason(source: ImageSource) -> str:
    """Return why the only image of a source is skipped."""
    (batch,) = source.batches(source.names, 16)
    assert len(batch.pixels) == 0
    (skipped,) = batch.skipped
    assert skipped.name in source.names
    return skipped.reason


# Layouts


def as_zip(root: Path, faces: Faces) -> Path:
    return write_zip(root / "img_align_celeba.zip", {f"img_align_celeba/{n}": d for n, d in faces.items()})


def as_folder(root: Path, faces: Faces) -> Path:
    return write_folder(root / "img_align_celeba", faces)


def as_folder_of_zip(root: Path, faces: Faces) -> Path:
    as_zip(root / "download", faces)
    (root / "download/list_attr_celeba.txt").write_text("0\n")
    return root / "download"


def as_kaggle(root: Path, faces: Faces) -> Path:
    write_folder(root / "img_align_celeba/img_align_celeba", faces)
    (root / "list_attr_celeba.csv").write_text("image_id,Smiling\n")
    return root


def as_official_tree(root: Path, faces: Faces) -> Path:
    as_zip(root / "Img", faces)
    write_folder(root, {"Anno/list_attr_celeba.txt": b"0\n", "Eval/list_eval_partition.txt": b"", "README.txt": b""})
    return root


@pytest.mark.parametrize("layout", [as_zip, as_folder, as_folder_of_zip, as_kaggle, as_official_tree])
def test_every_layout_of_celeba_gives_the_same_images_under_the_same_names(
    layout: Callable[[Path, Faces], Path], tmp_path: Path, faces: Faces
) -> None:
    source = open_images(layout(tmp_path, faces))
    expected = [prepare(Image.open(io.BytesIO(data)).convert("RGB"), CELEBA_CROP, 32) for data in faces.values()]
    assert source.names == tuple(faces)
    assert len(source) == len(faces)
    assert source.crop == CELEBA_CROP
    assert source.skipped == ()
    np.testing.assert_array_equal(pixels_of(source), expected)


def test_celeba_itself_opens_with_its_own_crop(celeba_source: ImageSource) -> None:
    assert celeba_source.crop == 148
    assert len(celeba_source) >= 300
    assert celeba_source.image(celeba_source.names[0]).size == CELEBA_SIZE


def test_other_faces_of_any_size_are_cut_to_their_largest_square(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    wide, tall = (rng.integers(0, 256, shape, np.uint8) for shape in ((40, 61, 3), (90, 40, 3)))
    source = open_images(write_folder(tmp_path / "own", {"b/wide.PNG": png(wide), "a/tall.png": png(tall)}))
    assert source.crop == 0
    assert source.names == ("tall.png", "wide.PNG")
    np.testing.assert_array_equal(pixels_of(source, 40), [tall[25:65], wide[:, 10:50]])


def test_images_of_the_same_name_in_different_folders_keep_their_paths(tmp_path: Path, faces: Faces) -> None:
    data = list(faces.values())
    source = open_images(write_folder(tmp_path, {"a/1.jpg": data[0], "b/1.jpg": data[1]}))
    assert source.names == ("a/1.jpg", "b/1.jpg")
    assert not np.array_equal(*pixels_of(source))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "CMYK"])
def test_every_colour_mode_becomes_three_channels(mode: str, tmp_path: Path) -> None:
    suffix = "jpg" if mode == "CMYK" else "png"
    Image.new("RGB", (20, 20), "white").convert(mode).save(tmp_path / f"white.{suffix}")
    np.testing.assert_array_equal(pixels_of(open_images(tmp_path), 8), np.full((1, 8, 8, 3), 255))


def test_files_of_file_managers_are_no_images_and_other_files_are_listed_as_skipped(
    tmp_path: Path, faces: Faces
) -> None:
    name, data = next(iter(faces.items()))
    members = {
        name: data,
        "__MACOSX/._1.jpg": b"x",
        ".DS_Store": b"x",
        "Thumbs.db": b"x",
        "list.csv": b"a",
        "n.md": b"",
    }
    for source in (open_images(write_folder(tmp_path / "f", members)), open_images(write_zip(tmp_path / "z", members))):
        assert source.names == (name,)
        assert [(s.name, s.reason) for s in source.skipped] == [("n.md", "not an image file")]


# Preparation


def test_the_crop_of_celeba_is_rows_35_to_182_and_columns_15_to_162() -> None:
    rows, columns = np.mgrid[:218, :178].astype(np.uint8)
    image = Image.fromarray(np.stack([rows, columns, np.zeros_like(rows)], axis=-1))
    prepared = prepare(image, CELEBA_CROP, 148)
    np.testing.assert_array_equal(prepared[:, 0, 0], np.arange(35, 183))
    np.testing.assert_array_equal(prepared[0, :, 1], np.arange(15, 163))


@pytest.mark.parametrize("size", [74, 37])
def test_resizing_by_a_whole_factor_takes_the_mean_of_each_block(size: int, celeba_source: ImageSource) -> None:
    image = celeba_source.image(celeba_source.names[0])
    cut = np.asarray(image)[35:183, 15:163].astype(float)
    factor = 148 // size
    means = cut.reshape(size, factor, size, factor, 3).mean(axis=(1, 3))
    assert np.abs(prepare(image, 148, size) - means).max() <= 0.5 + 1e-9


def test_resizing_by_a_fraction_averages_the_areas_that_source_and_target_pixels_share(
    celeba_source: ImageSource,
) -> None:
    image = celeba_source.image(celeba_source.names[0])
    cut = np.asarray(image)[35:183, 15:163].astype(float)
    finer = np.kron(cut.transpose(2, 0, 1), np.ones((1, 24, 24)))  # 148 · 24 = 96 · 37
    means = finer.reshape(3, 96, 37, 96, 37).mean(axis=(2, 4)).transpose(1, 2, 0)
    assert np.abs(prepare(image, 148, 96) - means).max() <= 0.5 + 1e-9


def test_an_image_smaller_than_the_crop_is_skipped_with_its_size(tmp_path: Path, faces: Faces) -> None:
    small = {"small.png": png(np.zeros((100, 120, 3), np.uint8))}
    source = open_images(write_folder(tmp_path, faces | small))
    (batch,) = source.batches(source.names, 32)
    assert batch.names == tuple(faces)
    assert [(s.name, s.reason) for s in batch.skipped] == [
        ("small.png", "the image has 120×100 pixels, less than the crop of 148")
    ]


def test_a_given_crop_replaces_the_usual_one_and_zero_means_the_largest_square(tmp_path: Path, faces: Faces) -> None:
    folder = write_folder(tmp_path, faces)
    image = open_images(folder).image(next(iter(faces)))
    assert np.array_equal(pixels_of(open_images(folder, 100), 100)[0], np.asarray(image)[59:159, 39:139])
    assert np.array_equal(pixels_of(open_images(folder, 0), 178)[0], np.asarray(image)[20:198])
    with pytest.raises(InputError, match=r"A crop of -1 pixels is not possible; give 0"):
        open_images(folder, -1)


# Streams


def test_batches_keep_the_order_asked_for_and_the_last_one_is_shorter(tmp_path: Path, faces: Faces) -> None:
    source = open_images(write_folder(tmp_path, faces))
    wanted = source.names[::-1][:10]
    batches = list(source.batches(wanted, 16, batch_size=4))
    assert [len(b.names) for b in batches] == [4, 4, 2]
    assert sum((b.names for b in batches), ()) == wanted
    for name, pixels in zip(wanted, np.concatenate([b.pixels for b in batches]), strict=True):
        np.testing.assert_array_equal(pixels, prepare(source.image(name), source.crop, 16))


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_images(tmp_path: Path, faces: Faces) -> None:
    source = open_images(write_folder(tmp_path, faces))

    def peak(count: int) -> int:
        names = [source.names[i % len(source)] for i in range(count)]
        tracemalloc.start()
        read = sum(len(batch.names) for batch in source.batches(names, 64, batch_size=16))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert read == count
        return most

    few, many = peak(256), peak(1024)  # with fewer, not as much is read ahead
    assert many < few + 1024 * 64 * 64 * 3 / 4  # all at once would be three times that more; threads differ by less


def test_a_file_that_vanishes_after_opening_is_skipped(tmp_path: Path, faces: Faces) -> None:
    source = open_images(write_folder(tmp_path, faces))
    (tmp_path / source.names[3]).unlink()
    (batch,) = source.batches(source.names, 16)
    assert [s.name for s in batch.skipped] == [source.names[3]]
    assert len(batch.pixels) == len(faces) - 1


# Damaged downloads


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere does not exist; give the folder, zip, tar or parquet file"):
        open_images(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty; download it again"),
        (b"<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title>", "is a web page and not a zip"),
        (b"\n<HTML><body>Sorry, you can't view or download this file at this time", "is a web page and not a zip"),
        (b"PK\x03\x04" + bytes(1000), "is a truncated or damaged zip; download it again"),
        (b"\xff\xd8\xff\xe0 a picture", "is no folder, zip, tar or parquet file; give one that holds images"),
    ],
)
def test_a_file_that_is_no_zip_is_called_what_it_is(tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "img_align_celeba.zip"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_images(file)
    assert str(caught.value).startswith(f"{file} {complaint}")


@pytest.mark.parametrize("share", [0.3, 0.999])
def test_a_truncated_zip_is_refused(tmp_path: Path, faces: Faces, share: float) -> None:
    file = as_zip(tmp_path, faces)
    data = file.read_bytes()
    file.write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputError, match=r"is a truncated or damaged zip; download it again"):
        open_images(file)


def test_a_zip_whose_list_of_names_is_garbled_is_refused(tmp_path: Path, faces: Faces) -> None:
    file = write_zip(tmp_path / "names.zip", {"é.jpg": next(iter(faces.values()))})
    data = file.read_bytes()
    end = data.rindex("é".encode())
    file.write_bytes(data[:end] + b"\xff\xff" + data[end + 2 :])
    with pytest.raises(InputError, match=r"is a truncated or damaged zip"):
        open_images(file)


def test_a_zip_that_cannot_be_opened_is_refused_with_the_reason(
    tmp_path: Path, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = as_zip(tmp_path, faces)

    def refuse(*_: object) -> None:  # the tests may run as root, whom permissions do not stop
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    with pytest.raises(InputError, match=r"celeba\.zip cannot be read \(Permission denied\); check its permissions"):
        open_images(file)


@pytest.mark.parametrize("empty", ["folder", "zip"])
def test_a_source_without_images_is_refused(tmp_path: Path, empty: str) -> None:
    members = {"list_attr_celeba.txt": b"0", "notes.md": b""}
    path = write_folder(tmp_path / "f", members) if empty == "folder" else write_zip(tmp_path / "z.zip", members)
    with pytest.raises(
        InputError, match=r"holds no images \(.*\.jpg.*\); give the folder or archive.*notes\.md: not an image"
    ):
        open_images(path)


def test_a_folder_with_several_zips_asks_which(tmp_path: Path, faces: Faces) -> None:
    for name in ("a", "b"):
        as_zip(tmp_path / name, faces)
    with pytest.raises(InputError, match=r"holds several zips \(a/img_align_celeba.zip, b/img.*name the one to read"):
        open_images(tmp_path)


def test_damaged_images_in_a_zip_are_skipped_with_their_reasons_and_the_others_keep_their_names(
    tmp_path: Path, faces: Faces
) -> None:
    broken = {
        "000100.jpg": b"",
        "000101.jpg": b"<html>not a picture</html>",
        "000102.jpg": next(iter(faces.values()))[:2000],
    }
    source = open_images(write_zip(tmp_path / "faces.zip", faces | broken))
    (batch,) = source.batches(source.names, 32)
    assert batch.names == tuple(faces)
    assert len(batch.pixels) == len(faces)
    reasons = {s.name: s.reason for s in (*source.skipped, *batch.skipped)}
    assert reasons["000100.jpg"] == "the file is empty"
    assert reasons["000101.jpg"] == "the file is not an image"
    assert "truncated" in reasons["000102.jpg"]
    assert source.crop == CELEBA_CROP


def test_the_crop_is_that_of_the_first_readable_image(tmp_path: Path, faces: Faces) -> None:
    assert open_images(write_folder(tmp_path, {"000000.jpg": b""} | faces)).crop == CELEBA_CROP
    assert open_images(write_folder(tmp_path / "none", {"1.jpg": b""})).crop == 0


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_member_with_flipped_bits_is_skipped(tmp_path: Path, faces: Faces, compression: int) -> None:
    first, second = list(faces)[:2]
    file = write_zip(tmp_path / "faces.zip", {n: faces[n] for n in (first, second)}, compression)
    data = bytearray(file.read_bytes())
    data[600:700] = bytes(b ^ 0xFF for b in data[600:700])
    file.write_bytes(data)
    source = open_images(file)
    (batch,) = source.batches(source.names, 16)
    assert batch.names == (second,)
    assert [s.name for s in batch.skipped] == [first]


def test_a_damaged_png_is_skipped(tmp_path: Path) -> None:
    data = png(np.random.default_rng(0).integers(0, 256, (50, 50, 3), np.uint8))
    for i, position in enumerate((data.index(b"IDAT") + 100, data.index(b"IHDR") + 5, 8)):  # pixels, size, chunk
        damaged = data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]
        assert read_reason(open_images(write_folder(tmp_path / str(i), {"a.png": damaged})))


def test_an_image_of_too_many_pixels_is_skipped_before_its_pixels_are_read(tmp_path: Path) -> None:
    for i, side in enumerate((8_100, 9_900, 60_000)):  # ours, Pillow's warning, Pillow's error
        source = open_images(write_folder(tmp_path / str(i), {"bomb.png": png_header(side, side)}))
        tracemalloc.start()
        reason = read_reason(source)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert "pixels" in reason
        assert most < 2**20


def test_a_file_larger_than_any_image_is_skipped_unread(tmp_path: Path) -> None:
    folder, archive = tmp_path / "folder", tmp_path / "bomb.zip"
    folder.mkdir()
    with (folder / "a.jpg").open("wb") as file:
        file.truncate(module.MAX_BYTES + 1)
    write_zip(archive, {"a.jpg": bytes(module.MAX_BYTES + 1)}, zipfile.ZIP_DEFLATED)
    for path in (folder, archive):
        tracemalloc.start()
        assert read_reason(open_images(path)) == "the file is too large for an image"
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 2**20


def test_a_zip_bomb_that_lies_about_its_size_is_not_inflated(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "bomb.zip", {"a.jpg": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    true_size, claimed = struct.pack("<I", 50_000_000), struct.pack("<I", 5_000)
    data = file.read_bytes()
    assert data.count(true_size) == 2
    file.write_bytes(data.replace(true_size, claimed))
    source = open_images(file)
    tracemalloc.start()
    reason = read_reason(source)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reason.startswith("the zip member is damaged")
    assert most < 5_000_000


@pytest.mark.parametrize("name", ["../../etc/cron.jpg", "/etc/passwd.jpg", "a\\..\\..\\b.jpg", "C:/windows/a.jpg"])
def test_a_zip_with_a_path_that_leads_out_of_it_is_refused(tmp_path: Path, faces: Faces, name: str) -> None:
    file = write_zip(tmp_path / "unsafe.zip", faces | {name: b"x"})
    with pytest.raises(InputError) as caught:
        open_images(file)
    assert str(caught.value) == (f"{file} holds the unsafe path {name!r}; use an archive from a source that you trust.")


def test_a_zip_with_a_link_is_refused(tmp_path: Path, faces: Faces) -> None:
    file = write_zip(tmp_path / "links.zip", faces)
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match=r"links\.zip holds the link 'link\.jpg'; make the archive anew"):
        open_images(file)


def test_an_encrypted_zip_is_refused(tmp_path: Path, faces: Faces) -> None:
    file = write_zip(tmp_path / "secret.zip", dict([next(iter(faces.items()))]))
    data = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    file.write_bytes(data)
    with pytest.raises(InputError, match=r"secret\.zip is encrypted; unpack it with its password and give the folder"):
        open_images(file)


def test_a_nameless_zip_member_is_passed_over(tmp_path: Path, faces: Faces) -> None:
    file = write_zip(tmp_path / "faces.zip", faces)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"x")
    assert open_images(file).names == tuple(faces)


def test_nothing_of_a_zip_is_unpacked_to_disk(tmp_path: Path, faces: Faces) -> None:
    file = as_zip(tmp_path, faces)
    pixels_of(open_images(file))
    assert list(tmp_path.rglob("*")) == [file]


def test_damaged_metadata_of_a_sound_image_is_no_line_on_the_terminal(tmp_path: Path, faces: Faces) -> None:
    entry = struct.pack("<HHII", 0x0112, 5, 2**20, 0)  # more values than the file has
    exif = b"Exif\x00\x00II*\x00" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    Image.open(io.BytesIO(next(iter(faces.values())))).save(tmp_path / "1.jpg", exif=exif)
    code = (
        "import sys; from core.sources.images import open_images as o; s = o(sys.argv[1]); print(s.image('1.jpg').size)"
    )
    command = [sys.executable, "-c", code, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert (done.stdout, done.stderr) == ("(178, 218)\n", "")
