"""Every default, range and help text, once: the API, the command line and the page read it here."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pixkin.errors import SettingError

__all__ = ["AUTO", "Settings", "default", "setting"]

AUTO: Literal["auto"] = "auto"


def setting(
    value: Any,
    help_text: str,
    *,
    option: str | None = None,
    low: float | None = None,
    high: float | None = None,
    kind: str | None = None,
) -> Any:
    """Declare a setting.

    Parameters
    ----------
    value : object
        The default.
    help_text : str
        One line for the command line, the docs and the page.
    option : str, optional
        The option's name where it is not the field's.
    low, high : float, optional
        The range of a number, both ends allowed.
    kind : str, optional
        The kind of component that the value names.
    """
    facts = {"help": help_text, "option": option, "low": low, "high": high, "kind": kind}
    return field(default=value, metadata=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run behaves. Immutable: change one with ``dataclasses.replace``.

    Raises
    ------
    SettingError
        If a value is outside its range.
    """

    encoder: str = setting(
        AUTO, "How a picture becomes a vector, or auto for the default network.", kind="encoder"
    )
    n_clusters: int | Literal["auto"] = setting(
        AUTO, "Number of groups, or auto to find it.", option="clusters", low=1
    )
    clusterer: str = setting("graph", "How vectors become groups.", kind="clusterer")
    detail: float = setting(
        1.0, "Times as many groups as found when automatic.", low=0.01, high=100
    )
    layout: str = setting("tsne", "How the map is laid out.", kind="layout")
    random_state: int = setting(
        0, "Seed of every random choice.", option="seed", low=0, high=2**32 - 1
    )
    workers: int = setting(0, "Processes that read pictures; 0 means one per core.", low=0)
    n_neighbors: int = setting(
        8,
        "Neighbours of each picture; more in large folders.",
        option="neighbors",
        low=1,
        high=1000,
    )
    n_components: int = setting(
        128, "Dimensions that vectors are reduced to.", option="components", low=1, high=1024
    )
    max_megapixels: float = setting(
        150.0, "Refuse pictures above this, after scaled decoding.", low=0.001, high=1_000_000
    )
    max_seconds: float = setting(60.0, "Give up on a picture after this long.", low=0.1)
    max_memory: int = setting(
        1024, "Give up on a picture that needs more than this many MB.", low=64, high=10_000_000
    )

    def __post_init__(self) -> None:
        for spec in fields(self):
            object.__setattr__(self, spec.name, _checked(spec, getattr(self, spec.name)))

    def to_dict(self) -> dict[str, Any]:
        """Give the settings as JSON can hold them."""
        return dataclasses.asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Settings:
        """Make settings of what `to_dict` gave, which another version may have other ones in."""
        known = {spec.name for spec in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})


def default(name: str) -> Any:
    """Give the default of the setting ``name``."""
    return next(spec.default for spec in fields(Settings) if spec.name == name)


def _checked(spec: dataclasses.Field[Any], value: Any) -> Any:
    """Give the value as JSON can hold it: numbers may come as numpy's."""
    low, high = spec.metadata["low"], spec.metadata["high"]
    if isinstance(spec.default, str) and low is None:
        if not isinstance(value, str) or not value:
            raise SettingError(spec.name, "a name", value)
        return value
    may_be_auto = spec.default == AUTO
    if may_be_auto and isinstance(value, str) and value == AUTO:
        return value
    whole = may_be_auto or str(spec.type) == "int"
    if not _is_number(value, whole=whole) or not _within(value, low, high):
        raise SettingError(spec.name, _allowed(low, high, whole=whole, auto=may_be_auto), value)
    return int(value) if whole else float(value)


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool):
        return False
    import numbers

    return isinstance(value, numbers.Integral if whole else numbers.Real)


def _within(value: float, low: float, high: float | None) -> bool:
    return low <= value <= (sys.float_info.max if high is None else high)


def _allowed(low: float, high: float | None, *, whole: bool, auto: bool) -> str:
    number = "a whole number" if whole else "a number"
    span = f"{number} of at least {low}" if high is None else f"{number} from {low} to {high}"
    return f"'auto' or {span}" if auto else span
