import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin.errors import PathError
from pixkin.library.place import mark
from pixkin.progress import Step, silent
from pixkin.scan import Found, known_sources, parse_list, scan, sources_for
from pixkin.sources.files import FilesSource
from pixkin.sources.folder import FolderSource
from pixkin.sources.pattern import PatternSource

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("b.jpg", "a/1.jpg", "a/2.jpg", "a-b/3.jpg", ".hidden/4.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "photos"


def scanned(*paths: object, roots: tuple[object, ...] = (), listed: tuple[str, ...] = ()) -> Found:
    sources = sources_for([str(path) for path in paths], listed)
    return scan(sources, [os.path.realpath(str(path)) for path in roots], silent)


def names(found: Found) -> list[str]:
    return [file.path for file in found.files]


def test_each_path_becomes_the_source_that_it_is(root: Path) -> None:
    several = [str(root), str(root / "b.jpg"), f"{root}/*.jpg"]
    kinds = [type(source) for source in sources_for(several, ["listed.jpg"])]

    assert kinds == [FolderSource, PatternSource, FilesSource]
    assert sources_for([]) == []


def test_a_path_that_is_not_there_is_refused(root: Path) -> None:
    with pytest.raises(PathError, match="does not exist"):
        sources_for([str(root / "gone")])


def test_an_empty_path_is_not_taken_for_the_current_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    for paths in ([""], ["a", ""]):
        with pytest.raises(PathError, match='"": is empty, as a variable that is not set is'):
            sources_for(paths)


def test_what_a_library_knows_is_walked_or_named_unless_it_is_gone(root: Path) -> None:
    base = os.path.realpath(root)
    known = {base: ["b.jpg", "gone.jpg", "b.jpg/gone.jpg"], f"{base}/gone": ["x.jpg"]}
    found = scan(known_sources([f"{base}/a", f"{base}/gone"], known), [base], silent)

    assert names(found) == ["a/1.jpg", "a/2.jpg", "b.jpg"]
    assert found.skipped == []


def test_a_known_folder_that_results_were_written_to_is_passed_over(root: Path) -> None:
    mark(root / "a")
    base = os.path.realpath(root)

    assert [source.base for source in known_sources([base, f"{base}/a"], {})] == [base]


def test_a_known_file_that_may_not_be_looked_at_is_skipped_with_its_reason(
    plain_user: Path,
) -> None:
    (plain_user / "closed").mkdir()
    (plain_user / "closed" / "a.jpg").touch()
    (plain_user / "closed").chmod(0o600)
    base = os.path.realpath(plain_user)
    found = scan(known_sources([], {base: ["closed/a.jpg"]}), [base], silent)

    assert [(item.path, item.reason) for item in found.skipped] == [
        ("closed/a.jpg", "Permission denied")
    ]


def test_files_come_in_path_order_and_what_is_left_out_is_counted(root: Path) -> None:
    found = scanned(root, roots=(root,))

    assert names(found) == ["a-b/3.jpg", "a/1.jpg", "a/2.jpg", "b.jpg"]
    assert found.n_left_out == 1
    assert found.n_repeated == 0


@posix
def test_a_library_that_the_run_has_made_is_not_counted(root: Path, tmp_path: Path) -> None:
    (tmp_path / "also").symlink_to(root)
    for name in (".pixkin", "a/.pixkin"):
        (root / name).mkdir()
    sources = sources_for([str(root)])

    assert scan(sources, [], silent).n_left_out == 3
    assert scan(sources, [], silent, tmp_path / "also" / ".pixkin").n_left_out == 2


def test_the_order_does_not_depend_on_that_of_the_paths(root: Path) -> None:
    one = scanned(root / "a", root / "b.jpg", f"{root}/a-b/*", roots=(root,))
    other = scanned(f"{root}/a-b/*", root / "b.jpg", root / "a", roots=(root,))

    assert one.files == other.files
    assert len(one.files) == 4


def test_a_file_reached_twice_counts_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    found = scanned(root, "b.jpg", "./a/../b.jpg", "a", "**/*.jpg", roots=(root,))

    assert names(found) == ["a-b/3.jpg", "a/1.jpg", "a/2.jpg", "b.jpg"]
    assert found.n_repeated == 1 + 1 + 2 + 4


@posix
def test_a_link_to_a_file_counts_once_under_the_files_own_name(root: Path) -> None:
    (root / "a-first.jpg").symlink_to(root / "b.jpg")
    (root / "0-folder").symlink_to(root / "a")
    found = scanned(root, roots=(root,))

    assert names(found) == ["a-b/3.jpg", "a/1.jpg", "a/2.jpg", "b.jpg"]
    assert found.n_repeated == 1


@posix
def test_hard_links_stay_two_files_and_a_link_to_one_of_them_is_none(root: Path) -> None:
    os.link(root / "b.jpg", root / "c.jpg")
    (root / "d.jpg").symlink_to(root / "c.jpg")
    found = scanned(root / "b.jpg", root, roots=(root,))

    assert names(found)[-2:] == ["b.jpg", "c.jpg"]
    assert len(found.files) == 5


@posix
def test_a_broken_link_reached_twice_is_skipped_once(root: Path) -> None:
    (root / "broken.jpg").symlink_to("gone")
    found = scanned(root, root / "broken.jpg", roots=(root,))

    assert [item.path for item in found.skipped] == ["broken.jpg"]


def test_a_file_is_filed_under_the_innermost_root(root: Path) -> None:
    found = scanned(root, root / "b.jpg", roots=(root, root / "a"))
    by_root = {(Path(file.root).name, file.path) for file in found.files}

    assert by_root == {("a", "1.jpg"), ("a", "2.jpg"), ("photos", "b.jpg"), ("photos", "a-b/3.jpg")}


def test_a_root_is_not_mistaken_for_one_with_a_longer_name(root: Path) -> None:
    found = scanned(root / "a-b", roots=(root / "a", root / "a-b"))

    assert [file.full for file in found.files] == [Path(os.path.realpath(root)) / "a-b" / "3.jpg"]


def test_a_skipped_file_is_filed_likewise(root: Path) -> None:
    found = scanned(roots=(root,), listed=(str(root / "a" / "gone.jpg"),))

    assert [item.path for item in found.skipped] == ["a/gone.jpg"]


def test_a_scan_tells_how_far_it_is(tmp_path: Path) -> None:
    for i in range(450):
        (tmp_path / f"{i}.jpg").touch()
    steps: list[Step] = []
    scan([FolderSource(str(tmp_path))], [os.path.realpath(tmp_path)], steps.append)

    assert [(step.done, step.total) for step in steps] == [(200, None), (400, None), (450, 450)]


NAMES = st.lists(st.binary(min_size=1).filter(lambda b: not b.endswith(b"\r")), min_size=1)


@posix
@given(NAMES.map(lambda all_: [name.replace(b"\0", b"") or b"x" for name in all_]))
def test_a_list_with_nuls_gives_every_name_back(listed: list[bytes]) -> None:
    content = b"".join(name + b"\0" for name in listed)

    assert [os.fsencode(name) for name in parse_list(content)] == listed


@posix
@pytest.mark.parametrize(
    ("content", "listed"),
    [
        (b"", []),
        (b"a.jpg", ["a.jpg"]),
        (b"a.jpg\nb c.jpg\n", ["a.jpg", "b c.jpg"]),
        (b"a.jpg\r\nb.jpg\r\n", ["a.jpg", "b.jpg"]),
        (b"a\nb.jpg\0c\r\0", ["a\nb.jpg", "c\r"]),
        (b"\n\na.jpg\n\n", ["a.jpg"]),
        (b"\xff.jpg\n", ["\udcff.jpg"]),
        (b"\xef\xbb\xbfa.jpg\r\nb.jpg\r\n", ["a.jpg", "b.jpg"]),
        (b"\xef\xbb\xbfa.jpg\0", ["\ufeffa.jpg"]),
        (b"a.jpg\n\xef\xbb\xbfb.jpg\n", ["a.jpg", "\ufeffb.jpg"]),
        (b"\xef\xbb\xbf", []),
    ],
)
def test_a_list_is_split_at_nuls_or_else_at_line_ends(content: bytes, listed: list[str]) -> None:
    assert parse_list(content) == listed
