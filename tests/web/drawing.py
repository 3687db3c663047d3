"""The map as a person sees it, and what is drawn on it with the mouse."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pixkin

WORLD = 1024
Points = NDArray[np.float64]


def drawn(page: Any) -> Any:
    page.wait_for_function(
        "() => Number(document.querySelector('.map-stage')?.dataset.thumbnails) > 0"
    )
    return page


def still(page: Any) -> Any:
    """Wait until nothing moves, and give the view."""
    view = ""
    while view != (now := page.locator(".map-stage").get_attribute("data-view")):
        view = now
        page.wait_for_timeout(250)
    return json.loads(view)


def on_screen(page: Any, library: pixkin.Library) -> tuple[list[str], Points]:
    """Give where each picture lies on the screen, worked out anew."""
    found = library.places()
    xy = found.xy.astype(np.float64)
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    world = (xy - middle) * WORLD / np.ptp(xy, axis=0).max() + WORLD / 2
    view, box = still(page), page.locator(".map-stage").bounding_box()
    centre = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    return found.images, (world - [view["x"], view["y"]]) * 2 ** view["zoom"] + centre


def draw(page: Any, corners: Points, key: str) -> None:
    """Go around with the mouse; the focus must not be where a key writes."""
    page.keyboard.press(key)
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()


def is_inside(points: Points, corners: Points) -> NDArray[np.bool_]:
    """Tell which points lie in a convex line: all its edges turn the same way around them."""
    turns = np.roll(corners, -1, axis=0) - corners
    to = points[:, None] - corners
    sides = turns[:, 0] * to[..., 1] - turns[:, 1] * to[..., 0]
    return np.all(sides > 0, axis=1) | np.all(sides < 0, axis=1)


def split_in_two(points: Points, turn: float) -> Points:
    """Give a triangle that has about half of the points in it, and none near its edges."""
    middle = points.mean(axis=0)
    size = np.ptp(points, axis=0).max() / 2
    for k in range(200):
        start = turn + k / 30
        angles = start + np.array([0, 1.9, 4.2])
        corners = middle + size * np.column_stack([np.cos(angles), np.sin(angles)])
        inside = is_inside(points, corners)
        ends = np.roll(corners, -1, axis=0)
        along = ends - corners
        part = np.sum((points[:, None] - corners) * along, axis=2) / np.sum(along**2, axis=1)
        nearest = corners + np.clip(part, 0, 1)[..., None] * along
        far = np.linalg.norm(points[:, None] - nearest, axis=2)
        if 5 <= inside.sum() <= len(points) - 5 and far.min() > 3:
            return corners
    raise AssertionError("no such triangle")
