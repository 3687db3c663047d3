"""How the names of files end that belong to pictures."""

__all__ = ["FILMS", "RAW", "SIDECARS"]

RAW = frozenset(
    {
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef",
        ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2",
        ".srf", ".srw", ".x3f",
    }
)  # fmt: skip
SIDECARS = frozenset({".xmp", ".aae", ".pp3", ".dop", ".on1", ".thm"})
"""Of Adobe, Apple, RawTherapee, DxO, ON1, and the small picture of a film."""
FILMS = frozenset({".mov", ".mp4"})
"""Of a live photo, beside it."""
