"""The text with the numbers of scoreboards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from core.__main__ import main
from core.errors import InputError
from core.scores.results import results
from core.scores.rows import FILE, KEYS, RULES, TODAYS
from core.study import Study

ROOT = Path(__file__).parents[2]

TITLES = {"plain": "my cells", "other": "my cells, too"}


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Return scoreboards of two studies; the second lacks the mixture."""
    names = [("reconstructions", ""), ("data", ""), ("cube", "scale=1"), ("mixture", "components=10")]
    rows = [(key, parameters, 2000, seed) for key, parameters in names for seed in (0, 1)]
    first = pd.DataFrame(rows, columns=list(KEYS)).assign(
        note="", faces=[0.9, 0.9, 0.9, 0.9, 0.01, 0.03, 0.8, 0.9], frechet_ratio=[1, 1, 1, 1, 3, 3, 1.4, 1.4]
    )
    return {"plain": first, "other": first[first["strategy"] != "mixture"].assign(faces=0.5)}


def test_a_place_holds_the_number_of_each_study(tables: dict[str, pd.DataFrame]) -> None:
    assert results('cube {{ faces("cube") }}.', tables, TITLES) == "cube 0.020 / 0.500."
    assert results('{{ frechet_ratio("mixture", components=10) }}', tables, TITLES) == "1.40 / –"
    assert results('{{ faces("reconstructions") }}', tables, TITLES) == "0.900 / 0.500"
    assert results("{{ studies }}, {{ seeds }}", tables, TITLES) == "`plain` and `other`, 2"


def test_the_tables_are_markdown_with_a_row_for_each_strategy(tables: dict[str, pd.DataFrame]) -> None:
    text = results("{{ boards }}", tables, TITLES)
    lines = text.splitlines()
    assert lines[0] == "## `plain`"
    assert "| Unseen my cells | faces | 0.900 ± 0.000 |" in text
    assert "| my cells | faces | 0.900 ± 0.000 |" in text
    assert "| my cells, too | some faces |" not in text
    assert "| Cube 1 | noise | 0.020 ± 0.014 |  |  |  | 3.00 ± 0.00 |" in text
    assert "comes of all **Mixture 10**, 1.40 ± 0.00 (faces 0.850 ± 0.071" in text
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_axes_are_those_of_ellipsoids_that_differ_in_nothing_else(tables: dict[str, pd.DataFrame]) -> None:
    lines = results("{{ axes }}", tables, TITLES).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["5", "10", "20", "40", "60", "120", "256"]


@pytest.mark.parametrize(
    "place",
    [
        'beauty("cube")',
        "faces",
        'faces("nothing")',
        'faces("cube", wings=2)',
        "",
        "axes of evil",
        "beauty",
        "faces()",
        'faces("cube", scale=99)',
        "().__class__.__mro__[1].__subclasses__()",
        "1 / 0",
        "'%d' % seeds",
    ],
)
def test_a_place_that_names_what_there_is_not_is_refused(tables: dict[str, pd.DataFrame], place: str) -> None:
    with pytest.raises(InputError, match=r"^[^\n]*\.$"):
        results("{{ " + place + " }}", tables, TITLES)


def test_the_command_writes_the_text(
    tables: dict[str, pd.DataFrame], tiny_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template, out = tmp_path / "template.md", tmp_path / "out.md"
    template.write_text('γ {{ faces("cube") }}', encoding="utf-8")
    studies = [str(shutil.copytree(tiny_study.folder, tmp_path / name)) for name in tables]
    command = ["results", "--template", str(template), "--out", str(out), "--replace", "--study"]
    assert main([*command, *studies]) == 2
    assert "was not scored; score it with" in capsys.readouterr().err
    for name, table in tables.items():
        table.assign(**{RULES: TODAYS}).to_csv(tmp_path / name / FILE, index=False)
    assert main([*command, *studies]) == 0
    assert out.read_text(encoding="utf-8") == "γ 0.020 / 0.500"
    assert main([*command, studies[0], studies[0]]) == 2
    assert "Two studies are called plain" in capsys.readouterr().err
    for wrong in (b"\xff\xfe", b"{{ beauty }}"):
        template.write_bytes(wrong)
        assert main([*command, *studies]) == 2
        assert capsys.readouterr().err.splitlines()[-1].startswith("zpoints: The template ")
    assert out.read_text(encoding="utf-8") == "γ 0.020 / 0.500"


def test_a_former_key_and_the_languages_own_means_are_understood(tables: dict[str, pd.DataFrame]) -> None:
    assert (
        results('{{ faces("celeba") }}', tables, TITLES)
        == results('{{ faces("data") }}', tables, TITLES)
        == "0.900 / 0.500"
    )
    text = "{% for scale in (1.0, 2.0) %}{{ faces('cube', scale=scale) }}; {% endfor %}\n"
    assert results(text, tables, TITLES) == "0.020 / 0.500; – / –; \n"


def test_only_the_largest_samples_are_told(tables: dict[str, pd.DataFrame]) -> None:
    small = tables["plain"].assign(count=500, faces=0.0)
    mixed = {"plain": pd.concat([small, tables["plain"]])}
    assert results('{{ faces("cube") }}, {{ count }}', mixed, TITLES) == "0.020, 2,000"


def test_the_results_in_the_repository_are_those_of_the_bundled_scoreboards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["results", "--out", str(tmp_path / "results.md")]) == 0
    assert (tmp_path / "results.md").read_text() == (ROOT / "docs" / "results.md").read_text()


def test_when_networks_began_to_copy_is_a_line_for_each_number_of_vectors(
    tables: dict[str, pd.DataFrame],
) -> None:
    table = pd.DataFrame({"vectors": [1000] * 2 + [9000] * 2, "steps": [10, 100] * 2, "held_out": [0.9, 1.2, 0.9, 0.8]})
    table = table.assign(copied=[0.0, 0.9, 0.0, 0.1], usual=0.1, nearer=[0.4, 0.9, 0.4, 0.5])
    lines = results("{{ memorising }}", tables, TITLES, {"plain": table}).splitlines()
    assert lines[2] == "| `plain` | 1,000 | 0.900 at step 10 | 100 | 0.90 (0.10) | 0.90 | 100 |"
    assert lines[3] == "| `plain` | 9,000 | 0.800 at step 100 | – | 0.10 (0.10) | 0.50 | 100 |"
    assert results("{{ memorising }}", tables, TITLES).splitlines()[2].count("–") == 7
