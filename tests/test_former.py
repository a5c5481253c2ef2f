"""What was called otherwise once is understood today."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.former import row_parameters, strategy_key
from core.scores.rows import read_scores


@pytest.mark.parametrize(
    ("key", "text", "today"),
    [
        ("diffusion", "steps=30,temperature=1", "steps=30,temperature=1,strength=1"),
        ("diffusion", "", "strength=1"),
        ("diffusion", "steps=30,strength=1.2", "steps=30,strength=1.2"),
        ("cube", "scale=1", "scale=1"),
    ],
)
def test_a_row_that_does_not_name_a_parameter_was_of_a_time_before_it(key: str, text: str, today: str) -> None:
    assert row_parameters(key, text) == today


def test_what_was_always_celeba_once_is_the_data() -> None:
    assert (strategy_key("celeba"), strategy_key("cube")) == ("data", "cube")


def test_an_old_row_of_the_diffusion_model_is_no_row_of_the_one_of_today(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text('strategy,parameters,count,seed,rules,in_bulk\ndiffusion,"steps=30,temperature=1",20,0,2,0.9\n')
    row = read_scores(path).iloc[0]
    assert row["parameters"] == "steps=30,temperature=1,strength=1,asked=anyone,weight=1"
