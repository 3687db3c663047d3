"""What a person browses: cards of groups, the pictures of a group, and the map."""

from pixkin.browsing.asking import Browses

__all__ = ["Browses"]
