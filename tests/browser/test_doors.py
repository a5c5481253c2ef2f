"""From files to a study, through the door on the page of studies."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settle


def write_shapes(path: Path, count: int) -> Path:
    """Write a zip of drawn pictures, a folder for each kind."""
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(count):
            picture = Image.new("RGB", (24, 20), tuple(rng.integers(0, 120, 3).tolist()))
            left, top = rng.integers(2, 8, 2).tolist()
            kind = ("ellipse", "rectangle")[i % 2]
            getattr(ImageDraw.Draw(picture), kind)(
                [left, top, left + 9, top + 9], tuple(rng.integers(130, 256, 3).tolist())
            )
            file = io.BytesIO()
            picture.save(file, "PNG")
            archive.writestr(f"{kind}/{i:03}.png", file.getvalue())
        archive.writestr("ellipse/broken.png", b"no picture")
    return path


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_zip_of_images_becomes_a_study_and_is_opened(page: Page, server: Server, tmp_path: Path) -> None:
    main = page.get_by_test_id("stMain")
    page.goto(f"{server.url}/studies")
    settle(page)
    page.locator("summary", has_text="New study").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(write_shapes(tmp_path / "My shapes.zip", 60))
    expect(page.get_by_text("61 images in a zip; all of them were looked at.")).to_be_visible()
    expect(page.get_by_text("1 of those looked at cannot be read (broken.png)")).to_be_visible()
    expect(page.get_by_text("Classes: ellipse (31), rectangle (30)")).to_be_visible()
    expect(page.get_by_label("Name of the study")).to_have_value("my-shapes")
    page.get_by_label("What are these data?").fill("Drawn shapes")
    page.get_by_text("Recipe", exact=True).click()
    for label, value in (("Size in pixels", "16"), ("Dimension N", "4"), ("Epochs", "2")):
        page.get_by_label(label, exact=True).fill(value)
        page.keyboard.press("Tab")
    expect(page.get_by_text("each image of 16×16 pixels by 4 numbers")).to_be_visible()
    expect(page.get_by_text("it looks at all images 2 times")).to_be_visible()
    settle(page)
    main.get_by_role("button", name="Train", exact=True).click()
    expect(main.get_by_text("training Drawn shapes", exact=True)).to_be_visible()
    opened = main.get_by_role("link", name="Open", exact=True)
    opened.click(timeout=400_000)  # a job gives way to all other work
    expect(page.get_by_role("heading", name="Drawn shapes, decoded")).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="All studies")).to_be_visible()
    settle(page)
    page.locator("summary", has_text="Jobs").click()  # closed, since none is at work
    main.get_by_role("button", name="Forget").click()
    expect(main.get_by_text("training Drawn shapes", exact=True)).to_have_count(0)
