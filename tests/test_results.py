"""The results folder: checked before a run, written after it."""
