"""Groups of a neighbour graph, at every level from one to many, and which level has most evidence.

Leiden finds communities at several resolutions; two code lengths tell which of them describe the
graph best; and that partition is halved and joined on, into a tree that can be cut anywhere.
"""

from pixkin.communities.graph import Graph
from pixkin.communities.hints import hinted
from pixkin.communities.tree import Tree, grow

__all__ = ["Graph", "Tree", "grow", "hinted"]
