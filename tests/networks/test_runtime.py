"""What ONNX Runtime does besides."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_nothing_is_noted_of_how_it_is_used(tmp_path: Path) -> None:
    ours = {
        name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
    }
    code = "from core.networks.runtime import import_onnxruntime as load; load().SessionOptions()"
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=root, env=ours | {"HOME": str(tmp_path)}, check=True)
    assert not list(tmp_path.iterdir())
