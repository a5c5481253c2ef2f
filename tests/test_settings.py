"""What the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from core.settings import Limits, bundled_folder, data_folder, limits, program_folder, studies_folder


def test_the_program_lies_where_its_dashboard_does() -> None:
    assert (program_folder() / "dashboard.py").is_file()
    assert (bundled_folder() / "celeba" / "study.json").is_file()


def test_own_studies_and_data_lie_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZPOINTS_STUDIES", str(tmp_path / "a"))
    monkeypatch.setenv("ZPOINTS_DATA", str(tmp_path / "b"))
    assert (studies_folder(), data_folder()) == (tmp_path / "a", tmp_path / "b")


def test_without_a_word_own_studies_lie_in_the_users_data_and_nothing_may_be_picked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ZPOINTS_STUDIES")
    monkeypatch.delenv("ZPOINTS_DATA", raising=False)
    assert studies_folder().parts[-2:] == ("zpoints", "studies")
    assert data_folder() is None


def test_limits_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits() == Limits()
    monkeypatch.setenv("ZPOINTS_MAX_UPLOAD_MB", "50")
    monkeypatch.setenv("ZPOINTS_MAX_MINUTES", "5")
    assert limits() == Limits(upload_mb=50, minutes=5)


def test_a_public_server_draws_less_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    assert limits().drawn < Limits().drawn
    monkeypatch.setenv("ZPOINTS_MAX_DRAWN", "9000")
    assert limits().drawn == 9000


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "1e3", "٣", "9" * 40])
def test_a_limit_that_is_no_count_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ZPOINTS_MAX_IMAGES", value)
    with pytest.raises(InputError, match="ZPOINTS_MAX_IMAGES must be a whole number from 1"):
        limits()
