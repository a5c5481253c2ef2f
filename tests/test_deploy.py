"""The scripts of a shared server, each alone, and whole in a root of their own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "deploy").glob("*.sh"))


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """Return a prefix whose `zpoints` and `id` say what they are asked; ``uid`` holds the user that `id` tells."""
    for name, text in {
        "bin/zpoints": 'printf "%s\\n" "$@"; echo "$ZPOINTS_STUDIES $ZPOINTS_CACHE $ZPOINTS_JOBS $HOME"',
        "path/id": f'cat "{tmp_path}/uid"',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    (tmp_path / "deploy").mkdir()
    for script in SCRIPTS:
        (tmp_path / "deploy" / script.name).symlink_to(script)
    (tmp_path / "uid").write_text("10001")
    return tmp_path


def start(prefix: Path, *studies: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [prefix / "deploy" / "start.sh", *studies],
        env={"PATH": f"{prefix}/path:{os.environ['PATH']}", "ZPOINTS_HOME": str(prefix / "data"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / "bench" / "clean_root.sh"], ids=lambda path: path.name)
def test_a_script_is_one_that_a_plain_shell_reads_and_may_be_run(script: Path) -> None:
    assert subprocess.run(["/bin/sh", "-n", script], check=False).returncode == 0
    assert os.access(script, os.X_OK)


def test_a_server_listens_to_others_by_the_names_that_it_is_given(prefix: Path) -> None:
    done = start(prefix, "celeba", ZPOINTS_HOSTS="zpoints.example.org *")
    *words, places = done.stdout.splitlines()
    assert words == (
        [
            "open",
            "--no-browser",
            "--address",
            "0.0.0.0",
            "--port",
            "8501",
            "--host",
            "zpoints.example.org",
            "--host",
            "*",
            "--",
            "celeba",
        ]
    )
    assert places == f"{prefix}/data/studies {prefix}/data/cache {prefix}/data/jobs /tmp"
    assert (prefix / "data" / "studies").is_dir()


def test_it_does_not_run_as_root(prefix: Path) -> None:
    (prefix / "uid").write_text("0")
    done = start(prefix)
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not run as root" in done.stderr


def test_where_nothing_can_be_written_it_says_so_and_a_public_one_needs_nothing(prefix: Path) -> None:
    (prefix / "data").touch()  # no folder, so that nothing can be written below it, by whomever
    done = start(prefix)
    assert done.returncode == 2
    assert "cannot be written to; give this user a folder as ZPOINTS_HOME, or set ZPOINTS_PUBLIC=1" in done.stderr
    assert start(prefix, ZPOINTS_PUBLIC="1").returncode == 0


def test_a_server_that_does_not_answer_is_not_healthy(prefix: Path) -> None:
    (prefix / "bin" / "python").symlink_to(sys.executable)
    health = [prefix / "deploy" / "health.sh"]
    assert subprocess.run(health, env={**os.environ, "ZPOINTS_PORT": "1"}, check=False).returncode == 1


def test_the_container_runs_the_scripts_as_another_user_and_compose_lets_it_write_to_its_volume_alone() -> None:
    docker = (ROOT / "Dockerfile").read_text()
    for script in SCRIPTS:
        assert script.name in docker
    assert re.search(r"^USER 10001", docker, re.MULTILINE)
    compose = (ROOT / "compose.yaml").read_text()
    assert "read_only: true" in compose
    assert re.findall(r"^ +- (\w+:/\S+)", compose, re.MULTILINE) == ["studies:/data"] * 2  # dashboard and workers


@pytest.mark.slow
def test_in_a_clean_root_it_is_installed_started_as_another_user_and_writes_to_its_folder_alone(tmp_path: Path) -> None:
    may = subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False)
    python = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    asked = [python, "-c", "import ensurepip, venv"]
    if may.returncode or os.getuid() or not python.exists() or subprocess.run(asked, check=False).returncode:
        pytest.skip("a root of its own needs root, its own mounts, and a Python like this one that makes environments")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {"TMPDIR": tmp_path, "ZPOINTS_PORT": port, "CLEAN_ROOT_PYTHON": python}
    variables["CLEAN_ROOT_SITE"] = sysconfig.get_path("purelib")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        [ROOT / "bench" / "clean_root.sh"],
        env=environment | {name: str(value) for name, value in variables.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^healthy after \d+ s, as user 10001$", done.stdout, re.MULTILINE)
    assert "\nwhat was written: data/faces.npz \n" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_every_variable_that_is_read_is_explained() -> None:
    read = set()
    for path in [*(ROOT / "core").rglob("*.py"), *SCRIPTS, ROOT / "compose.yaml"]:
        read |= set(re.findall(r"ZPOINTS_[A-Z]+(?:_[A-Z]+)*", path.read_text(encoding="utf-8")))
    told = (ROOT / "docs" / "shared-use.md").read_text(encoding="utf-8")
    assert {name for name in read if name not in told} == set()
