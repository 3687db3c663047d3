"""The page: a server on this machine alone, with the same calls as the Python library."""
