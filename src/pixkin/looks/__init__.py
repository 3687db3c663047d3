"""What pictures look like in numbers, and what may be wrong with them. No numpy here.

::

    look     a small picture in numbers
    flags    what the numbers say, as SQLite computes it
"""

from pixkin.looks.flags import FLAGS, LOOK_VERSION, Wanted

__all__ = ["FLAGS", "LOOK_VERSION", "Wanted"]
