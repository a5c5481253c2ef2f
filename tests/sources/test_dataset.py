"""Known data sets are recognised by what only they have."""

from __future__ import annotations

import pytest

from core.sources import celeba
from core.sources.dataset import PARTITIONS, DataSet
from core.sources.known import KNOWN, recognise


def test_celeba_has_forty_attributes_and_a_square_that_fits_its_images() -> None:
    record = celeba.RECORD
    assert len(set(record.attributes)) == 40
    assert record.crop <= min(record.image_size)
    assert record.archive_hint == "CelebA's has 1,443,490,838 bytes"
    assert ((178, 218), 148, record.attributes) == (celeba.CELEBA_SIZE, celeba.CELEBA_CROP, celeba.CELEBA_ATTRIBUTES)
    assert len(PARTITIONS) == 3


def test_no_two_data_sets_have_lists_of_one_name() -> None:
    assert len({known.attribute_list for known in KNOWN}) == len(KNOWN)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.title)
def test_a_data_set_is_recognised_by_its_attributes_or_its_crop(known: DataSet) -> None:
    assert recognise(known.attributes[::-1], 0) is known
    assert recognise((), known.crop) is known
    assert recognise(known.attributes[1:], 0) is None
    assert recognise((), 0) is None


def test_a_list_resembles_a_data_set_with_more_than_half_of_its_attributes() -> None:
    record = DataSet("Toy", (8, 8), 8, ("a", "b", "c", "d"), "list", "split", "toy.zip", 1, "")
    assert record.resembles(("a", "b", "c"))
    assert not record.resembles(("a", "b", "x"))
    assert record.differences(("a", "b", "c", "x")) == (["d"], ["x"])
