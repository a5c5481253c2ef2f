"""A report on the study that comes with the program: all chapters, small enough to be sent, the board's own numbers."""

from __future__ import annotations

import re
from html import unescape

import pytest

from core.exhibits.exhibit import Wall
from core.report.making import Report, make_report
from core.report.pages import PAGES
from core.report.parts import Wish
from core.scores import registry
from core.scores.rows import FILE, at_one_count, read_scores
from core.scores.table import board, cells
from core.strategies import Recipe
from core.study import Study

LARGEST = 15e6


@pytest.fixture(scope="module")
def made(bundled: Study) -> Report:
    return make_report(bundled, Wish((Recipe.of("mvn"), Recipe.of("diffusion"))), 64, 0, lambda _: None)


def test_it_has_a_chapter_for_the_study_each_page_trainings_and_the_board(made: Report) -> None:
    assert [chapter.key for chapter in made.chapters] == ["study", *PAGES, "trainings", "scoreboard"]
    assert len(made.html.encode()) < LARGEST


def test_its_walls_are_pictures_of_the_decoder(made: Report) -> None:
    walls = [item for item in made.items if isinstance(item.exhibit.picture, Wall)]
    assert [wall.exhibit.key for wall in walls] == ["reconstructions", "wall_data", "wall_sample", "wall_sample"]
    assert made.html.count("data:image/webp;base64,") == len(walls)


def test_its_scoreboard_has_the_numbers_of_the_table(made: Report, bundled: Study) -> None:
    rows = board(at_one_count(read_scores(bundled.folder / FILE)), bundled.title)
    texts = cells(rows)
    section = made.html.partition('<section id="scoreboard">')[2].partition("</table>")[0]
    lines = [re.findall(r"<td[^>]*>(.*?)</td>", line) for line in section.split("<tr>")[2:]]
    keys = [score.key for score in registry.SCORES if score.printed and texts[score.key].any()]
    assert len(lines) == len(rows)
    for line, name, expected in zip(lines, rows["name"], texts[keys].to_numpy().tolist(), strict=True):
        assert [unescape(cell) for cell in (line[0], *line[2:])] == [str(name), *map(str, expected)]
