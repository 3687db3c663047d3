"""The system's trash, for those who ask for it: what is in it, the system alone brings back."""

from __future__ import annotations

from collections.abc import Callable

from pixkin.errors import MissingDependencyError

__all__ = ["check", "send"]


def check() -> None:
    """See that files can be sent there.

    Raises
    ------
    MissingDependencyError
    """
    _sender()


def send(path: str) -> None:
    """Send a file there.

    Raises
    ------
    MissingDependencyError
    OSError
        If the system says no; the file is where it was.
    """
    _sender()(path)


def _sender() -> Callable[[str], None]:
    try:
        from send2trash import send2trash
    except ImportError as error:
        what = ("action", "system-trash", "send2trash", "pixkin[trash]")
        raise MissingDependencyError(*what) from error
    found: Callable[[str], None] = send2trash
    return found
