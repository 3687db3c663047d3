"""The page itself: a folder with scripts beside it, or one file with all in it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pixkin.errors import UsageError
from pixkin.sharing.place import MADE_BY, SCRIPT, STYLE

__all__ = ["as_script", "built", "folder_page", "single_page"]

BUILT = Path(__file__).parents[1] / "web" / "page" / "shared"
MISSING = (
    "The page was not built, as this Pixkin was installed from its source where Node.js was "
    "missing. Install it from a wheel (pip install pixkin), or build the page: make page."
)
# From disk, a page's own files are under no host: "file:" allows them, and on a web host nothing.
POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src 'self' file: data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
BESIDE = "'self' file:"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
{made_by}
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{title}</title>
{head}
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript to show the pictures.</noscript>
{body}
</body>
</html>
"""


def built() -> dict[str, str]:
    """Give script and style of the page.

    Raises
    ------
    UsageError
        If they were not built.
    """
    try:
        return {name: (BUILT / name).read_text(encoding="utf-8") for name in (SCRIPT, STYLE)}
    except FileNotFoundError as error:
        raise UsageError(MISSING) from error


def folder_page(title: str) -> str:
    """Give the page that loads the files beside it."""
    head = f'<link rel="stylesheet" href="{STYLE}">'
    return _page(title, BESIDE, BESIDE, head, f'<script src="{SCRIPT}"></script>')


def single_page(title: str, parts: Mapping[str, Any]) -> str:
    """Give the page with all in it. Script and style may run, as their checksums are named."""
    files = built()
    script = files[SCRIPT].replace("</script", "<\\/script").replace("<!--", "<\\!--").strip()
    style = files[STYLE].strip()
    data = [
        f'<script type="application/json" id="pixkin-{name}">{_escaped(part)}</script>'
        for name, part in parts.items()
    ]
    head = f"<style>{style}</style>"
    body = "\n".join([*data, f"<script>{script}</script>"])
    return _page(title, _checksum(script), _checksum(style), head, body)


def as_script(name: str, part: Any) -> str:
    """Give a part as a script that leaves it behind: from disk, no page may read other files."""
    return f'(self.pixkinShared=self.pixkinShared||{{}})["{name}"]={_escaped(part)};\n'


def _page(title: str, script: str, style: str, head: str, body: str) -> str:
    policy = POLICY.format(script=script, style=style)
    return PAGE.format(
        made_by=MADE_BY, policy=policy, title=html.escape(title), head=head, body=body
    )


def _escaped(part: Any) -> str:
    """Write JSON that cannot end the element it is in."""
    return json.dumps(part, separators=(",", ":")).replace("<", "\\u003c")


def _checksum(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
