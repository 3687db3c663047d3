"""The `.pixkin` folder: the only module that writes our data.

``library.db`` holds what is precious, in transactions. ``cache/`` can be made again: vectors in
files whose rows the database names, and a database of thumbnails. At any instant, a power cut
included, what the database says is there is there.
"""

from pixkin.library.store import Library

__all__ = ["Library"]
