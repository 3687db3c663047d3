"""Searching a library by pictures, and choosing some of its pictures. No numpy until it is asked.

::

    asking    what a library is asked: search, recommend, sample, outliers
    finding   the answers
    memory    what was read of a library, kept until it changes
    given     the pictures that are asked about, as vectors
    index     the vectors that are searched
    ranking   which pictures are most like those given
    sample    some pictures that show what there is
    far       pictures that are far from the rest of their group
    page      what was found, as a page
"""

from pixkin.searching.asking import Searches

__all__ = ["Searches"]
