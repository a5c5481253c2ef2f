"""The playground: its whole state is in the address, and what it shows are the core's numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core.captions.playground import about_standing
from core.errors import InputError
from core.space.playground import moved, stand, step_of
from core.space.sample import draw_reference
from core.study import Study
from core.study.describing import describe_study
from pages.parts.codecs import amounts
from tests.pages.conftest import Open

MOVES = {"axes": ("2", -1.5), "attributes": ("Smiling", 1.0), "components": ("7", 3.0)}


def test_an_address_is_answered_with_the_same_vector_in_every_visit(dashboard: Open, tiny_study: Study) -> None:
    choices = {f"move_{group}": f"{key}:{amount:g}" for group, (key, amount) in MOVES.items()}
    app = dashboard("playground", play_from=3, seed=5, vectors=64, sliders="components", **choices)
    assert not [*app.exception, *app.error, *app.warning]
    described = describe_study(tiny_study)
    pushes = [(amount, step_of(tiny_study, described, group, key)) for group, (key, amount) in MOVES.items()]
    vector = moved(draw_reference(tiny_study, described, 64, 5).vectors[2], pushes)
    assert about_standing(stand(described, vector), described) in [text.value for text in app.caption]
    next(group for group in app.button_group if group.label == "Show a table").set_value("This vector").run()
    table = app.dataframe[0].value
    np.testing.assert_allclose(table[[f"z_{j}" for j in range(len(vector))]].to_numpy()[0], vector)
    assert table["components"][0] == "7:3"
    app.button[-1].click().run()
    assert about_standing(stand(described, vector), described) not in [text.value for text in app.caption]


def test_amounts_are_written_in_one_order_and_not_trusted() -> None:
    codec = amounts("move_attributes", ["No: Beard", "Young", "Hat"], 4.0)
    said = (("No: Beard", 2.5), ("Hat", -1.0))
    assert codec.write(said) == "No%3A%20Beard:2.5 Hat:-1"
    assert codec.read("Hat:-1 Young:0 No%3A%20Beard:2.5") == said
    for wrong in ("Hat", "Hat:9", "Hat:nan", "Cat:1", "Hat:1:2"):
        with pytest.raises(InputError):
            codec.read(wrong)
