"""What ``pip install .`` installs works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import numpy as np
import pytest

from core import __version__
from tests.conftest import made_once

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs' folder of an environment with the wheel, whose requirements are those of the tests."""

    def install(folder: Path) -> None:
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "wheels"]
        subprocess.run(build, check=True, cwd=ROOT, capture_output=True)
        venv.create(folder, symlinks=True)
        paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
        Path(paths["purelib"], "requirements.pth").write_text(sysconfig.get_path("purelib"))
        (wheel,) = (folder / "wheels").iterdir()
        pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--no-deps", "--no-index"]
        subprocess.run([*pip, "--no-compile", "--quiet", wheel], check=True, capture_output=True)

    return made_once(tmp_path_factory, "installed", install) / "bin"


def run(installed: Path, where: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    done = subprocess.run(
        [installed / arguments[0], *arguments[1:]],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_knows_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "zpoints", "--version") == f"zpoints {__version__}\n"


def test_it_samples_a_bundled_study_by_its_name(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "zpoints", "sample", "--study", "celeba", "--strategy", "mvn", "--out", "a.npz")
    assert np.load(tmp_path / "a.npz")["latents"].shape == (512, 256)


def test_it_would_open_its_own_dashboard_with_its_own_settings(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()  # another core, that happens to lie where the user works
    (tmp_path / "core" / "__init__.py").write_text("raise RuntimeError")
    code = """
import sys
from pathlib import Path
import core.__main__ as program
sys.argv[0] = "/bin/zpoints"
parser = program._parser()
assert parser.prog == "zpoints"
options = parser.parse_args(["open", "celeba", "--port", "8600"])
from core.commands.dashboard import server
command = server(options)
script = Path(command[5])
assert command[3:5] == ["streamlit", "run"], command
assert command[-2:] == ["--", str(script.parent / "studies" / "celeba")], command
from streamlit import config
config._main_script_path = str(script)
config.get_config_options(force_reparse=True)
print(script.is_file(), script.parent.name, config.get_option("browser.gatherUsageStats"))
sys.path.insert(0, str(script.parent))  # as Streamlit does
import pages.parts.front_door
print(Path(pages.parts.front_door.__file__).is_relative_to(script.parent))
"""
    (tmp_path / "look.py").write_text(code)
    assert run(installed, tmp_path, "python", "-P", "look.py").split() == ["True", "zpoints_dashboard", "False", "True"]
