"""What a user does on each page, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.space.sample import draw_sample
from core.strategies import make_strategy
from core.study.describing import describe_study
from tests.browser.conftest import PLANE, Server, mark_called, settle

expect.set_options(timeout=30_000)


def metric(page: Page, label: str, place: int = 0) -> str:
    """Return the value of a metric by its label, the ``place``-th of that name."""
    box = page.get_by_test_id("stMetric").filter(has_text=label).nth(place)
    return box.get_by_test_id("stMetricValue").inner_text()


def download(page: Page, button: str, folder: Path) -> Path:
    """Click a download button; return the file under the name that it was offered."""
    with page.expect_download() as caught:
        page.get_by_role("button", name=button).click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    return path


def test_the_walls_follow_the_strategy_and_the_csv_says_the_same(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}/faces")
    expect(page.get_by_role("heading", name="Do these vectors decode to faces?")).to_be_visible()
    walls = page.locator(".st-key-side_data figure img, .st-key-side_sample figure img")
    expect(walls).to_have_count(2, timeout=90_000)  # a fresh server loads its libraries first
    settle(page)
    left, right = (walls.nth(i).get_attribute("src") for i in range(2))
    page.get_by_role("tab", name="Multivariate normal").click()
    expect(page.get_by_role("heading", name="Multivariate normal")).to_be_visible()
    settle(page)
    assert walls.nth(0).get_attribute("src") == left
    assert walls.nth(1).get_attribute("src") != right
    assert "strategy=mvn" in page.url
    path = download(page, "Summary (CSV)", tmp_path)
    assert path.name == f"{server.study.name}_mvn_512_seed0_summary.csv"
    table = pd.read_csv(path)
    for place, row in table.iterrows():
        assert metric(page, "Cycle error", place) == f"{row['cycle_error']:.3f}"
        assert metric(page, "Length", place).startswith(f"{row['radius_mean']:.2f} ±")
    vectors = pd.read_csv(download(page, "Vectors (CSV)", tmp_path)).drop(columns="vector").to_numpy(np.float32)
    drawn = draw_sample(server.study, describe_study(server.study), make_strategy("mvn"), 512, 0)
    np.testing.assert_array_equal(vectors, drawn.vectors)


def test_a_click_on_a_face_inspects_it(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/faces")
    settle(page)
    page.get_by_role("button", name="CelebA: inspect face 9").click()
    settle(page)
    expect(page.get_by_label("Face", exact=True)).to_have_value("9")
    assert "side=data" in page.url
    assert "face=9" in page.url
    expect(page.get_by_role("button", name="CelebA: inspect face 9")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(re.compile(r"^\d{6}\.jpg$")).first).to_be_visible()


def test_a_copied_link_shows_the_same_picture_to_the_pixel(page: Page, server: Server) -> None:
    address = f"{server.url}/?strategy=ellipsoid&ellipsoid_components=4&ellipsoid_k=1.5&seed=11&vectors=100"
    pictures = []
    for _ in range(2):
        page.goto(address)
        settle(page)
        pictures.append(page.locator("figure img").nth(1).get_attribute("src"))
        expect(page.get_by_role("heading", name="Ellipsoid, m = 4, k = 1.5")).to_be_visible()
    assert pictures[0] == pictures[1]


def test_the_walls_stand_one_above_the_other_on_a_narrow_window(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/faces")
    settle(page)
    tops = [page.locator("figure img").nth(i).bounding_box()["y"] for i in range(2)]
    assert tops[0] == pytest.approx(tops[1], abs=2)
    page.set_viewport_size({"width": 800, "height": 1000})
    settle(page)
    boxes = [page.locator("figure img").nth(i).bounding_box() for i in range(2)]
    assert boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"]
    for side in ("width", "height"):
        assert boxes[0][side] == pytest.approx(boxes[1][side], abs=1)
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    first, fourth, fifth = (page.get_by_role("button", name=f"CelebA: inspect face {n}", exact=True) for n in (1, 4, 5))
    corners = [button.bounding_box() for button in (first, fourth, fifth)]
    assert corners[0]["width"] > 70  # six of them would be 55 pixels wide
    assert corners[1]["y"] == corners[0]["y"] < corners[2]["y"]
    assert corners[2]["x"] == corners[0]["x"]
    fifth.click()
    settle(page)
    expect(page.get_by_label("Face", exact=True)).to_have_value("5")


def test_components_are_sorted_and_the_csv_has_the_numbers_of_the_study(
    page: Page, server: Server, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/components?strategy=gaussian")
    settle(page)
    page.get_by_role("radio", name="Difference").click()
    settle(page)
    assert "order=difference" in page.url
    table = pd.read_csv(download(page, "Component statistics (CSV)", tmp_path))
    latents = np.asarray(server.study.latents, np.float64)
    np.testing.assert_allclose(table["mean"], latents.mean(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(table["standard_deviation"], latents.std(axis=0, ddof=1), rtol=1e-9)
    first = page.locator(".js-plotly-plot .annotation-text").first.text_content()
    assert first.replace("\u200b", "") == f"z{table['difference'].idxmax()}"


def test_a_click_on_the_origin_decodes_it(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/bulk?strategy=cube")
    settle(page)
    expect(page.get_by_text("Click a vector, the origin or the centre")).to_be_visible()
    mark = mark_called(page.locator(PLANE), "origin")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_alt_text(re.compile("^decoded picture of"))).to_be_visible()
    settle(page)
    assert metric(page, "Length") in {"0.00", f"{np.linalg.norm(describe_study(server.study).moments.mean):.2f}"}


def test_a_preset_moves_the_cube_and_its_radius(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}/radii")
    settle(page)
    page.get_by_role("button", name="10/3 b*").click()
    settle(page)
    assert "cube_scale=3.33" in page.url
    table = pd.read_csv(download(page, "Summary (CSV)", tmp_path)).set_index("strategy")
    mean = describe_study(server.study).mean_radius
    assert table.loc["cube", "radius_mean"] == pytest.approx(mean * 10 / 3, rel=0.03)
    page.locator("summary", has_text="In numbers").first.click()
    expect(page.get_by_text(f"{table.loc['cube', 'radius_mean']:.2f} ±").first).to_be_visible()


def test_a_click_on_a_strong_pair_shows_it(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}/correlations?everything=true&strategy=mvn")
    settle(page)
    table = pd.read_csv(download(page, "Strongest pairs (CSV)", tmp_path))
    page.get_by_test_id("stDataFrame").first.click(position={"x": 15, "y": 35 * 3 + 17})  # the third row's box
    settle(page)
    expect(page.get_by_label("Across", exact=True)).to_have_value(str(table["component"][2]))
    expect(page.get_by_label("Up", exact=True)).to_have_value(str(table["other"][2]))
    assert metric(page, "Pearson, CelebA") == f"{table['pearson'][2]:.3f}"
    assert metric(page, "Spearman, CelebA") == f"{table['spearman'][2]:.3f}"


def test_the_outer_layer_is_removed_and_the_core_is_drawn(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}/normality?everything=true&strategy=mvn")
    settle(page)
    field = page.get_by_label("Remove the outermost %", exact=True)
    field.fill("20")
    field.press("Enter")
    settle(page)
    assert "removed=20" in page.url
    expect(page.get_by_text("core of CelebA, 80%").first).to_be_visible()
    table = pd.read_csv(download(page, "Squared distances (CSV)", tmp_path))
    distances = describe_study(server.study).distances
    np.testing.assert_allclose(table["data"], np.quantile(distances**2, np.arange(1, 100) / 100), rtol=1e-6)


def test_a_path_between_two_faces_is_a_film_to_take_away(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}/paths?frames=9")
    settle(page)
    expect(page.locator(".js-plotly-plot .imagelayer image")).to_have_count(18)
    page.get_by_role("radio", name="In a plane").click()
    settle(page)
    expect(page.locator(".js-plotly-plot .imagelayer image")).to_have_count(9)
    assert "way=plane" in page.url
    page.get_by_role("radio", name="Between two faces").click()
    settle(page)
    expect(page.locator(".js-plotly-plot .imagelayer image")).to_have_count(18)
    with Image.open(download(page, "Animation (GIF)", tmp_path)) as picture:
        assert (picture.format, picture.n_frames) == ("GIF", 16)
    with Image.open(download(page, "Strip (PNG)", tmp_path)) as picture:
        assert picture.format == "PNG"
        assert picture.width > 4 * picture.height
    table = pd.read_csv(download(page, "Path (CSV)", tmp_path))
    assert table.groupby("path", sort=False)["frame"].max().to_dict() == {"Straight line": 9, "Arc about the centre": 9}
    assert (table["cycle_error"] > 0).all()


def test_a_ticked_row_of_the_scoreboard_is_looked_at_closely(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/scoreboard?everything=true&study=celeba&sort=tabs")
    expect(page.get_by_role("heading", name="Which strategy is best")).to_be_visible()
    settle(page)
    expect(page.get_by_text("real vectors that no strategy has seen").first).to_be_visible()
    page.get_by_test_id("stDataFrame").first.click(position={"x": 15, "y": 36 * 4 + 18})
    settle(page)
    expect(page.get_by_text("Is it a copy?")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("^faces of .* nearest vector of CelebA, decoded$"))).to_be_visible()
    expect(page.get_by_role("button", name="Compute these rows anew")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Faces of ")).click()
    settle(page)
    expect(page.get_by_role("heading", name="Cube, b = 1.36")).to_be_visible()
    assert "cube_scale=0.666667" in page.url


def test_a_second_study_is_laid_beside_the_first(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/radii?beside=celeba")
    settle(page)
    expect(page.get_by_role("heading", name=f"{server.study.name} and celeba")).to_be_visible()
    page.get_by_role("link", name="Studies").click()
    settle(page)
    expect(page.get_by_role("heading", name=f"{server.study.name} and celeba")).to_be_visible()


def test_the_model_card_shows_the_validation_error(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/studies?everything=true")
    settle(page)
    errors = server.study.rows.groupby("partition")["reconstruction_error"].mean()
    assert metric(page, "Validation error") == f"{errors['validation']:.5f}"
    expect(page.get_by_text("non-commercial research")).to_be_visible()


def test_every_page_is_reached_from_the_navigation_and_keeps_the_choices(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?strategy=interval&interval_k=2.0&seed=3")
    settle(page)
    headings = {
        "Components": "How is each",
        "Correlations": "Which components",
        "Bulk": "What is the shape",
        "Normality": "Is the bulk",
        "Radii": "How long are",
    }
    for title, heading in headings.items():
        page.get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        settle(page)
        expect(page.get_by_role("tab", name="Interval")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_label("Seed", exact=True)).to_have_value("3")
        assert "strategy=interval" in page.url
        assert "interval_k=2" in page.url


def test_the_start_page_goes_from_noise_to_faces_without_a_mouse(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(server.url)
    settle(page)
    walls = page.locator("figure img")
    expect(walls).to_have_count(2)
    noise = walls.nth(0).get_attribute("src")
    expect(page.get_by_text("without a look at the data")).to_be_visible()
    page.get_by_role("slider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("The numbers are drawn together")).to_be_visible()
    settle(page)
    assert "knows=dependence" in page.url
    assert walls.nth(0).get_attribute("src") != noise
    bottom = page.locator(".js-plotly-plot").first.bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= 900  # all of it without scrolling
    page.get_by_role("link", name="All strategies").click()
    expect(page.get_by_role("tab", name="Multivariate normal")).to_have_attribute("aria-selected", "true")
