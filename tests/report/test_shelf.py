"""Where reports that a page has ordered lie."""

from __future__ import annotations

import os
from dataclasses import replace

from core.report.shelf import KEPT, report_file, tidy_reports
from core.strategies import Recipe
from core.study import Study


def test_another_title_or_strategy_is_another_file(study: Study) -> None:
    mvn, cube = Recipe.of("mvn"), Recipe.of("cube")
    files = {
        report_file(study, [mvn], 512, 0),
        report_file(study, [mvn, cube], 512, 0),
        report_file(study, [mvn], 512, 1),
        report_file(replace(study, title="Other"), [mvn], 512, 0),
    }
    assert len(files) == 4
    assert report_file(study, [mvn], 512, 0) in files


def test_the_newest_reports_are_kept(study: Study) -> None:
    files = [report_file(study, [Recipe.of("mvn")], 512, seed) for seed in range(KEPT + 2)]
    for age, file in enumerate(files):
        file.touch()
        os.utime(file, (age, age))
    tidy_reports(files[0].parent)
    assert [file.exists() for file in files] == [False, False, *[True] * KEPT]
