"""What may be wrong with a picture, from its look and its size: computed where they are kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pixkin.errors import SettingError

__all__ = ["BITS", "FLAGS", "LOOK_VERSION", "Wanted", "names_of"]

LOOK_VERSION = 3
"""Raised when the same picture would give other numbers."""

FLAGS = {
    "blurred": "No edge in it is sharp, even in its thumbnail.",
    "dark": "It is nearly black, and nothing in it stands out.",
    "over-exposed": "Much of it is white, nothing is dark, and it does not lie on white paper.",
    "uniform": "It is nearly of one brightness.",
    "tiny": "Its longer side has fewer than 100 pixels.",
    "odd-shape": "It is more than three times as long as wide.",
    "screenshot": "It is the size of a screen or has large plain areas, and is from no camera.",
}
SCREENS = (
    (640, 1136), (750, 1334), (828, 1792), (1080, 1920), (1080, 2160), (1080, 2220),
    (1080, 2280), (1080, 2340), (1080, 2400), (1125, 2436), (1170, 2532), (1179, 2556),
    (1206, 2622), (1242, 2208), (1242, 2688), (1284, 2778), (1290, 2796), (1320, 2868),
    (1440, 2560), (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3200),
    (768, 1024), (1536, 2048), (1620, 2160), (1640, 2360), (1668, 2388), (2048, 2732),
    (768, 1366), (800, 1280), (900, 1440), (900, 1600), (1050, 1680), (1200, 1920),
    (1440, 3440), (1600, 2560), (1800, 2880), (1964, 3024), (2160, 3840), (2234, 3456),
)  # fmt: skip
"""Sizes of common phones, tablets and computers, the shorter side first."""

SHORT, LONG = "min(width, height)", "max(width, height)"
IS_SCREEN = f"{SHORT} * 100000 + {LONG} IN ({', '.join(str(a * 100000 + b) for a, b in SCREENS)})"
RULES = {
    "blurred": "spread >= 0.03 AND sharpness < 0.33",
    "dark": "(brightness < 0.12 AND spread < 0.12 AND dark > 0.1) "
    "OR (dark > 0.9 AND bright < 0.02)",
    "over-exposed": "brightness > 0.8 AND bright > 0.4 AND dark < 0.01",
    "uniform": "spread < 0.03",
    "tiny": f"{LONG} < 100",
    "odd-shape": f"{LONG} > 3 * {SHORT}",
    "screenshot": f"camera IS NULL AND CASE WHEN {IS_SCREEN} THEN format = 'PNG' OR flat > 0.5 "
    f"ELSE format = 'PNG' AND flat > 0.8 AND spread > 0.03 AND {LONG} >= 320 END",
}
"""As SQLite reads them: of a hundred thousand pictures it is done before Python has begun."""
BITS = " | ".join(f"(coalesce({RULES[flag]}, 0) << {i})" for i, flag in enumerate(FLAGS))
"""An expression of the columns of `looks` and `images`: a bit for each flag, in their order."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pictures by their flags.

    Attributes
    ----------
    flags : collection of str
        Each has one of these or more; if there are none, any will do.
    without : collection of str
        Each has none of these.

    Raises
    ------
    SettingError
        If there is no such flag.
    """

    flags: Collection[str] = ()
    without: Collection[str] = ()

    def __post_init__(self) -> None:
        for name, field in (("flags", "flags"), ("without_flags", "without")):
            given = getattr(self, field)
            several = (given,) if isinstance(given, str) else tuple(given)
            unknown = sorted(set(several) - set(FLAGS))
            if unknown:
                raise SettingError(name, f"of {', '.join(FLAGS)}", unknown[0])
            object.__setattr__(self, field, several)

    def __bool__(self) -> bool:
        return bool(self.flags or self.without)

    @property
    def unfit(self) -> str:
        """Give an expression that is true of what is not wanted."""
        some, none = (_any_of(flags) for flags in (self.flags, self.without))
        return f"NOT {some} OR {none}" if self.flags else none


def _any_of(flags: Collection[str]) -> str:
    rules = " OR ".join(f"({RULES[flag]})" for flag in flags)
    return f"coalesce({rules or 0}, 0)"


def names_of(bits: int) -> tuple[str, ...]:
    """Name the flags that are set."""
    return tuple(flag for i, flag in enumerate(FLAGS) if bits >> i & 1)
