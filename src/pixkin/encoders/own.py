"""Your own vectors, which were brought into the library: `own:NAME`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pixkin.errors import SettingError

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["OwnEncoder"]

NAME = re.compile(r"[^\W\d][\w-]*")
LACKING = "it has no vector in {name!r}; bring it with import-vectors"


class OwnEncoder:
    """Vectors from elsewhere, that `import-vectors` or `Library.import_vectors` brought.

    Each is divided by its length, so what counts is the angle between two, as CLIP and most other
    networks mean it. A picture that has no vector under the name is skipped.

    Parameters
    ----------
    name : str
        What they were called when they were brought: a letter, then letters, digits, ``-`` and
        ``_``. ``own:clip`` is short for ``own:name=clip``.
    n_features : int, optional
        Length of a vector; without it, the library's.

    Raises
    ------
    SettingError
        If the name is none.
    """

    scaling = "length"
    dtype = "float32"
    min_side = 1

    def __init__(self, name: str = "", n_features: int | None = None) -> None:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            allowed = "a letter, then letters, digits, - and _, as in own:clip"
            raise SettingError("the name of own vectors", allowed, name)
        self.name, self.n_features = name, n_features

    @property
    def fingerprint(self) -> Json:
        """The name: what decides the numbers is not known here."""
        return {"encoder": f"own:{self.name}"}

    @property
    def lacking(self) -> str:
        """Why a picture has no vector."""
        return LACKING.format(name=self.name)

    def encode(self, batch: list[Any]) -> Any:
        raise SettingError("encoder", "one that makes vectors", f"own:{self.name}")
