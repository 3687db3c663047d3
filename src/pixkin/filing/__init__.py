"""Acting on files: a plan, then its application, and the way back.

Nothing is overwritten, and at every moment each picture's bytes are on the disk at least once.
"""
