"""What may be wrong with a picture, from its look and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixkin.duplicates.look import Look
    from pixkin.library.looks import Shot

__all__ = ["FLAGS", "flags_of"]

FLAGS = {
    "blurred": "No edge in it is sharp, even in its thumbnail.",
    "dark": "Nearly all of it is nearly black.",
    "over-exposed": "Much of it is white, and nothing is dark.",
    "uniform": "It is nearly of one brightness.",
    "tiny": "Its longer side has fewer than 100 pixels.",
    "odd-shape": "It is more than three times as long as wide.",
    "screenshot": "It is the size of a screen or has large plain areas, and is from no camera.",
}
BLURRED, DETAIL = 0.33, 0.03
TINY, LONG = 100, 3.0
SCREEN_FLAT, PLAIN_FLAT = 0.5, 0.8
SCREENS = frozenset(
    {
        (640, 1136), (750, 1334), (828, 1792), (1080, 1920), (1080, 2160), (1080, 2220),
        (1080, 2280), (1080, 2340), (1080, 2400), (1125, 2436), (1170, 2532), (1179, 2556),
        (1206, 2622), (1242, 2208), (1242, 2688), (1284, 2778), (1290, 2796), (1320, 2868),
        (1440, 2560), (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3200),
        (768, 1024), (1536, 2048), (1620, 2160), (1640, 2360), (1668, 2388), (2048, 2732),
        (768, 1366), (800, 1280), (900, 1440), (900, 1600), (1050, 1680), (1200, 1920),
        (1440, 3440), (1600, 2560), (1800, 2880), (1964, 3024), (2160, 3840), (2234, 3456),
    }
)  # fmt: skip
"""Sizes of common phones, tablets and computers, the shorter side first."""


def flags_of(look: Look, shot: Shot) -> tuple[str, ...]:
    """Name what may be wrong with a picture, in the order of `FLAGS`."""
    sides = sorted((shot.width, shot.height))
    is_uniform = look.spread < DETAIL
    found = {
        "blurred": not is_uniform and look.sharpness < BLURRED,
        "dark": look.brightness < 0.12 or (look.dark > 0.85 and look.bright < 0.02),
        "over-exposed": look.brightness > 0.8 and look.bright > 0.4 and look.dark < 0.01,
        "uniform": is_uniform,
        "tiny": sides[1] < TINY,
        "odd-shape": sides[1] > LONG * sides[0],
        "screenshot": _is_screenshot(look, shot, (sides[0], sides[1])),
    }
    return tuple(flag for flag in FLAGS if found[flag])


def _is_screenshot(look: Look, shot: Shot, sides: tuple[int, int]) -> bool:
    if shot.camera is not None:
        return False
    if sides in SCREENS:
        return shot.format == "PNG" or look.flat > SCREEN_FLAT
    return shot.format == "PNG" and look.flat > PLAIN_FLAT and look.spread > DETAIL
