"""Builds the page into the package when that is made from a checkout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))

import build_page


class PageHook(BuildHookInterface[Any]):
    """Builds the page before the package is packed, or says why it cannot."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js from PyPI where it is needed and not there."""
        return [] if build_page.is_fresh() or build_page.node() else [build_page.FROM_PIP]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it; the package is of use without it, too."""
        problem = build_page.build()
        if problem:
            self.app.display_warning(problem)
