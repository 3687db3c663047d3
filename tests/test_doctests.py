"""The examples in the docstrings give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import pixkin

MODULES = ["pixkin"] + [
    info.name
    for info in pkgutil.walk_packages(pixkin.__path__, "pixkin.")
    if not info.name.endswith("__main__")
]


def examples(name: str) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    runner = doctest.DocTestRunner(verbose=False)
    for test in examples(name):
        runner.run(test)

    assert runner.summarize(verbose=False).failed == 0


def test_estimators_have_examples() -> None:
    shown = {test.name.rpartition(".")[2] for test in examples("pixkin.estimators")}

    assert {"GraphClusterer", "ImageEncoder", "ImageReader"} <= shown
