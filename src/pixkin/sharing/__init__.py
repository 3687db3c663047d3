"""A page to give away: the groups of a library, to look at, without a server."""

from pixkin.sharing.make import FACTS, MOST_SINGLE, Shared, share

__all__ = ["FACTS", "MOST_SINGLE", "Shared", "share"]
