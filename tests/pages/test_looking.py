"""A vector is looked at by the name of its image, by a picture of the reader's own, or by clicking a neighbour."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.selection import as_text
from core.study import Study
from tests.pages.conftest import Open, chosen


def shown(app: AppTest, label: str) -> str:
    """Return the last number of a kind: that of what is looked at, which stands below the walls."""
    return [metric.value for metric in app.metric if metric.label == label][-1]


def test_an_image_is_found_by_its_name_and_its_nearest_are_selected(dashboard: Open, tiny_study: Study) -> None:
    name = str(tiny_study.rows["image"][5])
    app = dashboard(vectors=24, side="named", named=name)
    assert not app.exception
    assert shown(app, "Length") == f"{np.linalg.norm(tiny_study.latents[5].astype(np.float64)):.2f}"
    app = next(button for button in app.button if button.label == "Select them").click().run()
    assert as_text(chosen(app, "select")) == f'near("{name}", 50)'
    app = dashboard(vectors=24, side="named", named="nobody.jpg")
    assert any("has no image 'nobody.jpg'" in note.value for note in app.info)
    field = next(field for field in app.text_input if field.label == "Name of the image")
    app = field.set_value(str(tiny_study.rows["image"][2])).run()
    assert app.query_params["named"] == str(tiny_study.rows["image"][2])
    assert not any("has no image" in note.value for note in app.info)


def test_a_picture_of_ones_own_falls_among_the_data(dashboard: Open, tiny_study: Study) -> None:
    app = dashboard(vectors=24, side="own")
    assert any("Bring a picture" in note.value for note in app.info)
    file = io.BytesIO()
    Image.fromarray(np.full((700, 600, 3), 90, np.uint8)).save(file, "PNG")
    uploader = next(one for one in app.file_uploader if one.label == "A picture of yours")
    app = uploader.upload("me.png", file.getvalue(), "image/png").run()
    assert not app.exception
    assert any("largest central part" in caption.value for caption in app.caption)
    brought = app.session_state["brought"][1]
    assert shown(app, "Length") == f"{np.linalg.norm(brought.vector.astype(np.float64)):.2f}"
    app = next(button for button in app.button if button.label == "Select them").click().run()
    assert len(chosen(app, "select").vector) == tiny_study.dimension
    uploader = next(one for one in app.file_uploader if one.label == "A picture of yours")
    app = uploader.upload("broken.png", b"no picture", "image/png").run()
    assert any("cannot be read" in note.value for note in (*app.error, *app.info))
    assert not app.exception
