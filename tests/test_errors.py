import inspect
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin import errors
from pixkin.errors import (
    BadFilesError,
    BadImageError,
    EditError,
    LabelsError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryNeededError,
    LibraryTooNewError,
    MissingDependencyError,
    NotGroupedError,
    NothingToClusterError,
    OutdatedError,
    OutputFolderError,
    PathError,
    PixkinError,
    ReadOnlyLibraryError,
    SettingError,
    UnknownGroupError,
    UnknownNameError,
    UsageError,
    WorkerError,
    printable,
)
from pixkin.records import Skipped

EXAMPLES = [
    PixkinError("broken"),
    UsageError("not so"),
    SettingError("workers", "a whole number of at least 0", -1),
    UnknownNameError("encoder", "pixel", ["pixels", "color"]),
    UnknownGroupError("Rexx", ["abc", "abd"]),
    EditError("There is nothing to undo."),
    OutdatedError("The groups have changed."),
    NotGroupedError("The library has no groups yet. Run `pixkin cluster`."),
    PathError("gone", "does not exist"),
    OutputFolderError("/home"),
    LibraryNeededError("Several folders"),
    ReadOnlyLibraryError("/mnt/cd/.pixkin", "Read-only file system"),
    LabelsError("no labels"),
    BadFilesError([Skipped("/p", "a.jpg", "decode", "damaged", "cut short")], 3),
    MissingDependencyError("layout", "tsne", "openTSNE", "openTSNE"),
    NothingToClusterError([Skipped("/p", "a.jpg", "decode", "damaged", "cut\nshort")], 1),
    LibraryError("full"),
    LibraryBusyError("/p/.pixkin", 10.0),
    LibraryDamagedError("/p/.pixkin", "file is not a database"),
    LibraryTooNewError("/p/.pixkin", 9, 1),
    BadImageError("damaged", "cut short"),
    WorkerError("no memory"),
]


def tree_drawn() -> dict[str, str]:
    """Read the exit code of each class off the tree at the top of the module."""
    codes, code = {}, ""
    for line in (errors.__doc__ or "").splitlines():
        found = re.search(r"(\w+Error) +(\d)?", line)
        if found:
            code = found[2] or code
            codes[found[1]] = code
    return codes


def test_every_class_has_an_example_here_and_is_public() -> None:
    defined = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, PixkinError)
    }

    assert {type(error).__name__ for error in EXAMPLES} == defined == set(errors.__all__)


def test_the_tree_at_the_top_names_every_class_with_its_exit_code() -> None:
    real = {type(error).__name__: str(error.exit_code) for error in EXAMPLES}

    assert tree_drawn() == real


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_passes_through_pickle_whole(error: PixkinError) -> None:
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_a_message_is_of_one_line_unless_it_lists_files(error: PixkinError) -> None:
    assert str(error)
    assert "\n" not in str(error) or isinstance(error, BadFilesError)


def test_a_misspelt_name_gets_a_hint() -> None:
    error = UnknownNameError("encoder", "pixel", ["pixels", "color"])

    assert "Did you mean 'pixels'?" in str(error)
    assert str(error).endswith("Known: color, pixels.")


def test_a_name_like_no_other_gets_no_hint() -> None:
    assert "mean" not in str(UnknownNameError("encoder", "zzz", ["pixels"]))


def test_many_bad_files_are_all_kept_and_twenty_are_shown() -> None:
    skipped = [Skipped("/p", f"{i}.jpg", "decode", "damaged", "cut short") for i in range(25)]
    error = BadFilesError(skipped, 30)

    assert error.skipped == tuple(skipped)
    assert str(error).count("cut short") == 20
    assert "25 of 30" in str(error)
    assert "5 more" in str(error)


def bad(n: int, reason: str = "cut short") -> list[Skipped]:
    return [Skipped("/p", f"{i}.jpg", "decode", "damaged", reason) for i in range(n)]


def test_nothing_to_cluster_tells_empty_from_unreadable_and_hidden() -> None:
    assert str(NothingToClusterError([], 0)).endswith("no files were found.")
    assert "none of the 7 files found could be" in str(NothingToClusterError(bad(7), 0))
    assert "what was found could not be" in str(NothingToClusterError(bad(1), 0))
    assert "(1 hidden or system entry was left out)" in str(NothingToClusterError([], 1))
    assert "(2 hidden or system entries were left out)" in str(NothingToClusterError([], 2))


def test_nothing_to_cluster_gives_three_different_reasons_and_has_them_all() -> None:
    skipped = [*bad(5), *bad(2, "empty"), *bad(1, "a folder"), *bad(1, "too large")]
    error = NothingToClusterError(skipped, 0)

    assert error.skipped == tuple(skipped)
    assert str(error).endswith(
        ": /p/0.jpg: cut short; /p/0.jpg: empty; /p/0.jpg: a folder; and 6 more."
    )
    assert str(NothingToClusterError(bad(1), 0)).endswith(": /p/0.jpg: cut short.")


def test_nothing_to_cluster_says_where_the_list_is_and_what_is_older() -> None:
    listed, folder = "out/skipped.csv", "out"

    assert str(NothingToClusterError(bad(1), 0, listed)).endswith(" It is in out/skipped.csv.")
    assert str(NothingToClusterError(bad(2), 0, listed)).endswith(" Each is in out/skipped.csv.")
    assert str(NothingToClusterError(bad(2), 0, listed, folder)).endswith(
        " Each is in out/skipped.csv; the other files there are of an earlier run."
    )
    assert str(NothingToClusterError([], 0, None, folder)).endswith(
        "no files were found. What is in out is of an earlier run."
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("caf\u00e9.jpg", "caf\u00e9.jpg"),
        ("a\nb", r"a\nb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("bad\udcff.jpg", r"bad\xff.jpg"),
        ("turned\u202egpj", r"turned\u202egpj"),
    ],
)
def test_a_file_name_is_shown_so_that_it_cannot_change_the_terminal(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(st.binary())
def test_any_bytes_of_a_name_become_printable_text(name: bytes) -> None:
    text = printable(name.decode("utf-8", "surrogateescape"))

    assert text.isprintable()
    assert bool(text.encode("utf-8")) == bool(name)
