"""Tells the build what the program needs at run time, from the list that the checkout is installed with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    """Fills in the dependencies."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read ``requirements.txt``."""
        lines = Path(self.root, "requirements.txt").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
