"""Attribute and partition lists: CelebA's text, Kaggle's CSV, lists of other data sets, and damaged ones."""

from pathlib import Path

import pandas as pd
import pytest

from core.errors import InputError
from core.sources.celeba import CELEBA_ATTRIBUTES, PARTITIONS
from core.sources.labels import Labels, find_lists, join_labels, read_attributes, read_partitions

NAMES = ("000001.jpg", "000002.jpg", "000003.jpg")


def signs(row: int) -> list[str]:
    """Return a different pattern of -1 and 1 for each row."""
    return ["1" if (row + 2) * (j + 1) % 5 == 0 else "-1" for j in range(40)]


def text_list(names: tuple[str, ...] = NAMES) -> list[str]:
    """Return the lines of an attribute list as CelebA writes it: two spaces before a positive value."""
    rows = [name + "".join(f"{sign:>3}" for sign in signs(i)) for i, name in enumerate(names)]
    return [str(len(names)), " ".join(CELEBA_ATTRIBUTES) + " ", *rows]


def csv_list(names: tuple[str, ...] = NAMES) -> list[str]:
    """Return the lines of Kaggle's copy."""
    return ["image_id," + ",".join(CELEBA_ATTRIBUTES), *(f"{n},{','.join(signs(i))}" for i, n in enumerate(names))]


def written(path: Path, lines: list[str], newline: str = "\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((newline.join(lines) + newline).encode())
    return path


def expected_attributes() -> pd.DataFrame:
    values = [[sign == "1" for sign in signs(i)] for i in range(len(NAMES))]
    return pd.DataFrame(values, columns=list(CELEBA_ATTRIBUTES), index=pd.Index(NAMES, name="image", dtype="str"))


# Sound lists


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("lines", [text_list(), csv_list(), text_list()[1:]], ids=["text", "csv", "no count"])
def test_text_and_csv_give_the_same_attributes(tmp_path: Path, lines: list[str], newline: str) -> None:
    table = read_attributes(written(tmp_path / "list", lines, newline))
    pd.testing.assert_frame_equal(table, expected_attributes(), check_column_type=False)


def test_zero_stands_for_absent_as_minus_one_does(tmp_path: Path) -> None:
    lines = [line.replace("-1", "0") for line in csv_list()]
    table = read_attributes(written(tmp_path / "list.csv", lines))
    pd.testing.assert_frame_equal(table, expected_attributes(), check_column_type=False)


@pytest.mark.parametrize("head", ["image", "image_id"])
def test_a_list_of_another_data_set_keeps_its_own_attributes(tmp_path: Path, head: str) -> None:
    table = read_attributes(written(tmp_path / "own.txt", [f"{head} Hat Smiling", "anna.png 1 -1"]))
    assert table.to_dict("index") == {"anna.png": {"Hat": True, "Smiling": False}}


@pytest.mark.parametrize(
    "lines",
    [
        ["000001.jpg 0", "000002.jpg 1", "000003.jpg 2"],
        ["image_id,partition", "000001.jpg,0", "000002.jpg,1", "000003.jpg,2"],
        ["000001.jpg,0", "000002.jpg,1", "000003.jpg,2"],
        ["image partition", "000001.jpg 0", "000002.jpg 1", "000003.jpg 2"],
    ],
)
def test_partitions_zero_one_and_two_are_train_validation_and_test(tmp_path: Path, lines: list[str]) -> None:
    partitions = read_partitions(written(tmp_path / "list", lines))
    assert partitions.to_dict() == dict(zip(NAMES, PARTITIONS, strict=True))


def test_celebas_own_lists_have_forty_attributes_and_a_partition_for_each_image(
    celeba_lists: tuple[pd.DataFrame, pd.Series],
) -> None:
    table, split = celeba_lists
    assert tuple(table.columns) == CELEBA_ATTRIBUTES
    assert table.dtypes.eq(bool).all()
    assert table.index.equals(split.index)
    assert set(split) <= set(PARTITIONS)
    bearded = table["Mustache"] | table["Goatee"]
    assert table.loc[bearded, "Male"].mean() > 0.9


# Joining


def test_rows_join_by_file_name_and_both_kinds_of_strangers_are_counted() -> None:
    attributes = expected_attributes()
    partitions = pd.Series(["train", "test", "test"], index=attributes.index)
    labels = join_labels(["000003.jpg", "own.jpg", "000001.jpg"], attributes, partitions)
    assert list(labels.rows["image"]) == ["000003.jpg", "own.jpg", "000001.jpg"]
    assert list(labels.rows["partition"]) == ["test", "", "train"]
    assert tuple(labels.rows.columns) == ("image", "partition", *CELEBA_ATTRIBUTES)
    assert labels.rows[list(CELEBA_ATTRIBUTES)].iloc[1].isna().all()
    for row, name in ((0, "000003.jpg"), (2, "000001.jpg")):
        assert list(labels.rows[list(CELEBA_ATTRIBUTES)].iloc[row]) == list(attributes.loc[name])
    assert (labels.images_without_row, labels.rows_without_image) == (1, 1)


def test_images_in_subfolders_join_by_the_name_of_their_file() -> None:
    labels = join_labels(["a/000001.jpg", "b/000002.jpg"], expected_attributes())
    assert list(labels.rows["image"]) == ["a/000001.jpg", "b/000002.jpg"]
    assert labels.images_without_row == 0
    assert list(labels.rows["Bald"]) == list(expected_attributes()["Bald"][:2])


def test_without_an_attribute_list_strangers_are_counted_in_the_partition_list() -> None:
    labels = join_labels(["000001.jpg", "own.jpg"], partitions=pd.Series(["train"] * 3, index=list(NAMES)))
    assert (labels.images_without_row, labels.rows_without_image) == (1, 2)
    assert tuple(labels.rows.columns) == ("image", "partition")


def test_without_lists_every_image_has_an_empty_partition_and_nothing_is_missing() -> None:
    labels = join_labels(list(NAMES))
    assert isinstance(labels, Labels)
    assert list(labels.rows["partition"]) == [""] * 3
    assert (labels.images_without_row, labels.rows_without_image) == (0, 0)


def test_a_name_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(InputError, match=r"^The name 'Zo\\udceb\.jpg' of an image is no Unicode; rename the file\.$"):
        join_labels(["Zoë.jpg", "Zo\udceb.jpg"])


# Where lists lie


@pytest.mark.parametrize(
    ("images", "attributes", "partitions"),
    [
        ("img_align_celeba.zip", "list_attr_celeba.txt", "list_eval_partition.txt"),
        ("img_align_celeba", "list_attr_celeba.csv", "list_eval_partition.csv"),
        ("", "list_attr_celeba.txt", "list_eval_partition.csv"),
        ("img_align_celeba/img_align_celeba", "list_attr_celeba.csv", "list_eval_partition.csv"),
        ("Img/img_align_celeba.zip", "Anno/list_attr_celeba.txt", "Eval/list_eval_partition.txt"),
        ("", "Anno/list_attr_celeba.txt", "Eval/list_eval_partition.txt"),
    ],
)
def test_lists_are_found_near_the_images_in_every_layout(
    tmp_path: Path, images: str, attributes: str, partitions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / images
    if place.suffix:
        written(place, ["zip"])
    else:
        place.mkdir(parents=True, exist_ok=True)
    expected = (written(tmp_path / attributes, text_list()), written(tmp_path / partitions, ["000001.jpg 0"]))
    assert find_lists(place) == expected
    inside = place if place.is_dir() else place.parent
    monkeypatch.chdir(inside)
    assert find_lists("." if place.is_dir() else place.name) == expected


def test_no_lists_are_found_where_there_are_none(tmp_path: Path) -> None:
    assert find_lists(tmp_path / "a" / "b") == (None, None)


# Damaged lists


def changed(lines: list[str], row: int, old: str, new: str) -> list[str]:
    assert old in lines[row]
    return [*lines[:row], lines[row].replace(old, new, 1), *lines[row + 1 :]]


CSV, TEXT = csv_list(), text_list()
HEADER_39 = changed(TEXT, 1, "Young ", "")


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "is empty or cut off; download the list again"),
        (TEXT[:1], "is empty or cut off; download the list again"),
        (["3", "", "1"], "names no attributes; download the list again"),
        (TEXT[:2], r"does not have 41 columns .*: row 1 has 0; download"),
        (HEADER_39, "lacks Young, unlike CelebA's 40 attributes; download the list again"),
        (changed(CSV, 0, "Young", "Old"), "lacks Young and has also Old, unlike CelebA's 40 attributes"),
        (changed(CSV, 0, "Young", "Young,Old"), "has also Old, unlike CelebA's 40 attributes"),
        (changed(TEXT, 2, "000001.jpg", "000001.jpg 1"), r"does not have 41 columns .*row 1 has 42; download"),
        (changed(TEXT, 3, "000002.jpg", "000002.jpg 1"), r"does not have 41 columns .*line 4, saw 42\); download"),
        (changed(CSV, 2, "-1,", ""), r"does not have 41 columns .*: 000002.jpg has fewer; download"),
        (changed(TEXT, 4, " -1", ""), r"does not have 41 columns .*: 000003.jpg has fewer; download"),
        ([*TEXT[:-1], TEXT[-1][:40]], r"does not have 41 columns .*: 000003.jpg has fewer; download"),
        (changed(CSV, 2, "-1", "2"), r"gives 2 for 5_o_Clock_Shadow of 000002.jpg; attribute values are -1 \(or 0\)"),
        (changed(CSV, 2, "-1", "0.5"), r"gives 0\.5 for 5_o_Clock_Shadow of 000002.jpg"),
        (changed(CSV, 2, "-1", "yes"), "holds values that are not numbers; download the list again"),
        ([CSV[0]] + [line.replace("-1", "True").replace("1,", "True,") for line in CSV[1:2]], "not numbers"),
        (changed(CSV, 2, "000002", "000001"), "names 000001.jpg twice; remove one of the rows"),
        (["image_id,Hat,Hat", "1.jpg,1,1"], r"does not have 3 columns .*Duplicate names.*; download"),
        (["image_id,partition,Hat", "1.jpg,1,1"], "has an attribute 'partition', a name that a study needs itself"),
    ],
)
def test_a_damaged_attribute_list_is_refused_in_one_sentence(tmp_path: Path, lines: list[str], complaint: str) -> None:
    file = tmp_path / "list_attr_celeba.txt"
    file.write_text("".join(line + "\n" for line in lines))
    with pytest.raises(InputError, match=complaint) as caught:
        read_attributes(file)
    assert str(caught.value).startswith(f"{file} ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "is empty or cut off; download the list again"),
        ([" "], "is empty or cut off; download the list again"),
        ([","], r"does not have 2 columns .*: row 1 has 1; download"),
        (["image,partition"], r"does not have 2 columns .*: row 1 has 1; download"),
        (["1.jpg 0", "2.jpg 3"], r"holds the partition 3; known are 0 \(train\), 1 \(validation\) and 2 \(test\)"),
        (["1.jpg 0", "2.jpg -1"], "holds the partition -1; known are 0"),
        (["1.jpg 0", "2.jpg 0.5"], r"holds the partition 0\.5; known are 0"),
        (["1.jpg 0", "2.jpg train"], "holds values that are not numbers"),
        (["1.jpg 0", "2.jpg"], "2.jpg has fewer"),
        (["1.jpg 0", "2.jpg 0 1"], r"does not have 2 columns .*line 2, saw 3\)"),
        (["1.jpg 0 0"], r"does not have 2 columns .*: row 1 has 3"),
        (["1.jpg 0", "1.jpg 1"], "names 1.jpg twice"),
    ],
)
def test_a_damaged_partition_list_is_refused_in_one_sentence(tmp_path: Path, lines: list[str], complaint: str) -> None:
    file = tmp_path / "list_eval_partition.txt"
    file.write_text("".join(line + "\n" for line in lines))
    with pytest.raises(InputError, match=complaint) as caught:
        read_partitions(file)
    assert str(caught.value).startswith(f"{file} ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reader", [read_attributes, read_partitions])
def test_a_list_that_is_missing_a_folder_or_no_text_is_refused(tmp_path: Path, reader: object) -> None:
    assert callable(reader)
    binary = tmp_path / "binary.txt"
    binary.write_bytes(b"\xff\xfe\x00\x01" * 10)
    for path, complaint in (
        (tmp_path / "none.txt", r"none\.txt does not exist; give the path of the list"),
        (binary, r"binary\.txt cannot be read as text \(.*\); download the list again"),
        (tmp_path, r"cannot be read as text \(.*directory.*\); download the list again"),
    ):
        with pytest.raises(InputError, match=complaint):
            reader(path)
