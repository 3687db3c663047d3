"""Write the description of the server's API, from which the page's types are made.

python tools/make_api_types.py [--check]
cd web && npm run types
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

from pixkin.web.app import description, routes_of
from pixkin.web.here import Here

TARGET = Path(__file__).parents[1] / "web" / "openapi.json"


class _Nothing:
    """Stands for what the routes use when they are asked; here nobody asks."""

    folder = Path()

    def __getattr__(self, name: str) -> Any:
        return self


def described() -> str:
    """Give the description as text."""
    nothing = cast(Any, _Nothing())
    here = Here(nothing, nothing, nothing, nothing, Path(), nothing)
    told = description(routes_of(here))
    told["info"]["version"] = "0"  # the release says nothing of the API
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write it, or tell whether it is up to date."""
    text = described()
    if "--check" in sys.argv:
        is_new = not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text
        if is_new:
            print(f"{TARGET.name} is not up to date: python tools/make_api_types.py")
        return int(is_new)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
