"""The results folder: checked before a run, written after it."""

import dataclasses
import os
from pathlib import Path

import pytest

from helpers_grouping import made_clustering
from pixkin.errors import OutputFolderError, PathError
from pixkin.library.place import MARKER
from pixkin.progress import Step
from pixkin.results import IN_TURN, check_folder, write_results
