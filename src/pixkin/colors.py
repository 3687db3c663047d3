"""A colour for each group, the same in the plot and on the page."""

from __future__ import annotations

import colorsys

__all__ = ["NO_GROUP", "color_of"]

NO_GROUP = "#8a8f98"

GOLDEN_ANGLE = 0.618033988749895
"""Steps of this part of a turn never come back near an earlier hue soon (Knuth, TAOCP 6.4)."""

SHADES = ((0.46, 0.72), (0.62, 0.62), (0.41, 0.78))
"""Lightness and saturation, in turn: readable on white and on black."""


def color_of(label: int) -> str:
    """Give the colour of a group as ``#rrggbb``.

    Parameters
    ----------
    label : int
        0 or more.
    """
    light, saturation = SHADES[label % len(SHADES)]
    hue = (0.58 + label * GOLDEN_ANGLE) % 1
    red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
