"""A library as a notebook shows it: its largest groups, with pictures."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING

from pixkin.library.thumbnails import thumbnails_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pixkin.library.edits import Edits

__all__ = ["page"]

SHOWN_GROUPS, SHOWN_PICTURES = 10, 6


def page(edit: Edits, title: str) -> str:
    """Give the largest groups as HTML, under a title."""
    known, members = edit.groups(), edit.state().members
    rows = [
        f"<tr><td><code>{group.cluster_id}</code></td><td>{html.escape(group.title)}</td>"
        f"<td>{group.images:,}</td><td>{_pictures(edit, members[group.cluster_id])}</td></tr>"
        for group in known.groups[:SHOWN_GROUPS]
        if not group.is_hidden
    ]
    more = len(known.groups) - SHOWN_GROUPS
    rest = f"<p>and {more:,} more groups</p>" if more > 0 else ""
    head = "<tr><th>group</th><th>name</th><th>images</th><th></th></tr>"
    return f"<p>{html.escape(title)}</p><table>{head}{''.join(rows)}</table>{rest}"


def _pictures(edit: Edits, members: Iterable[int]) -> str:
    hashes = edit.hashes_of(sorted(members)[:SHOWN_PICTURES])
    found = thumbnails_in(edit.folder, hashes)
    texts = [base64.b64encode(found[sha256]).decode() for sha256 in hashes if sha256 in found]
    return "".join(f'<img src="data:image/jpeg;base64,{text}" height="64">' for text in texts)
