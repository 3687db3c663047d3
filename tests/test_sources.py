import glob
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pixkin import registry
from pixkin.errors import PathError
from pixkin.library.place import mark
from pixkin.records import File, LeftOut, Skipped
from pixkin.sources.files import FilesSource
from pixkin.sources.folder import FolderSource, is_left_out, is_placeholder
from pixkin.sources.pattern import PatternSource

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


@pytest.fixture
def plant(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that makes a folder with files of these names, each holding its name."""

    def make(*names: str) -> Path:
        root = tmp_path / "photos"
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.fsencode(name))
        return root

    return make


def files(source: Any) -> list[str]:
    return [entry.path for entry in source.entries() if isinstance(entry, File)]


def of(kind: type, source: Any) -> list[Any]:
    return [entry for entry in source.entries() if isinstance(entry, kind)]


def sources(folder: Path) -> Iterator[Any]:
    yield FolderSource(str(folder))
    yield PatternSource(f"{folder}/**/*")
    names = [path for path in folder.rglob("*") if path.is_file()]
    yield FilesSource(map(str, names))
    yield FilesSource.known(
        os.path.realpath(folder), [path.relative_to(folder).as_posix() for path in names]
    )


def test_every_source_keeps_the_contract(plant: Callable[..., Path]) -> None:
    root = plant("b.jpg", "a/c.jpg", "a/d/e.png")
    for source in sources(root):
        entries = list(source.entries())

        assert entries == list(source.entries())
        assert isinstance(source.is_folder, bool)
        assert source.is_whole == isinstance(source, FolderSource)
        assert source.base == os.path.realpath(root)
        assert {entry.path for entry in entries} == {"b.jpg", "a/c.jpg", "a/d/e.png"}
        assert all(isinstance(entry, File) for entry in entries)
        assert {entry.root for entry in entries} == {source.base}


def test_there_is_a_test_of_every_source() -> None:
    assert registry.names("source") == ["files", "folder", "pattern"]


def test_a_file_is_described_without_being_opened(plant: Callable[..., Path]) -> None:
    root = plant("a.jpg")
    status = (root / "a.jpg").stat()
    (file,) = FolderSource(str(root)).entries()

    assert (file.bytes, file.mtime_ns) == (5, status.st_mtime_ns)
    assert file.inode == status.st_ino
    assert file.full.read_text() == "a.jpg"


# Folders


def test_a_folder_that_is_none_is_refused(plant: Callable[..., Path]) -> None:
    root = plant("a.jpg")

    with pytest.raises(PathError, match="is not a folder"):
        FolderSource(str(root / "a.jpg"))
    with pytest.raises(PathError, match="does not exist"):
        FolderSource(str(root / "gone"))


def test_what_is_hidden_or_of_the_system_is_left_out_and_counted(
    plant: Callable[..., Path],
) -> None:
    odd = [".hidden.jpg", "._a.jpg", "Thumbs.db", "desktop.ini", "a/.DS_Store"]
    within = ["@eaDir/a.jpg", ".pixkin/cache/x.jpg", "$RECYCLE.BIN/b.jpg", ".git/c.jpg"]
    source = FolderSource(str(plant("a.jpg", "a/b.jpg", *odd, *within)))
    folders = [name.split("/")[0] for name in within]

    assert files(source) == ["a.jpg", "a/b.jpg"]
    assert sorted(item.path for item in of(LeftOut, source)) == sorted([*odd, *folders])


@pytest.mark.parametrize("name", ["@EADIR", "THUMBS.DB", ".x", "System Volume Information"])
def test_capitals_do_not_hide_a_system_name(name: str) -> None:
    assert is_left_out(name)


@pytest.mark.parametrize("name", ["thumbs.db.jpg", "a.hidden", "eaDir", "IMG_0001.JPG", "~x"])
def test_a_name_that_only_resembles_one_of_the_system_stays(name: str) -> None:
    assert not is_left_out(name)


def test_folders_that_pixkin_wrote_are_left_out(plant: Callable[..., Path]) -> None:
    root = plant("a.jpg", "pixkin-results/map.png", "deep/results/map.png")
    mark(root / "pixkin-results")
    mark(root / "deep" / "results")
    source = FolderSource(str(root))

    assert files(source) == ["a.jpg"]
    assert {item.path for item in of(LeftOut, source)} == {"pixkin-results", "deep/results"}


@pytest.mark.parametrize("kind", [FolderSource, lambda path: PatternSource(f"{path}/*.png")])
def test_a_folder_that_pixkin_wrote_cannot_be_named(
    kind: Callable[[str], Any], plant: Callable[..., Path]
) -> None:
    root = plant("results/map.png", "results/pictures/a.jpg")
    mark(root / "results")

    with pytest.raises(PathError, match=r"written by Pixkin itself.*name another folder"):
        kind(str(root / "results"))
    assert files(FolderSource(str(root / "results" / "pictures"))) == ["a.jpg"]


def test_a_folder_given_by_name_is_read_even_if_it_is_hidden(plant: Callable[..., Path]) -> None:
    assert files(FolderSource(str(plant(".secret/a.jpg") / ".secret"))) == ["a.jpg"]


@posix
def test_links_that_form_a_loop_end(plant: Callable[..., Path]) -> None:
    root = plant("a/b/c.jpg")
    (root / "a" / "b" / "up").symlink_to(root)
    (root / "a" / "self").symlink_to(root / "a" / "self")
    (root / "here").symlink_to(".")

    assert files(FolderSource(str(root))) == ["a/b/c.jpg"]
    assert files(PatternSource(f"{root}/**/*.jpg")) == ["a/b/c.jpg"]


@posix
def test_what_lies_behind_a_link_is_found(plant: Callable[..., Path], tmp_path: Path) -> None:
    root = plant("a.jpg")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "b.jpg").touch()
    (tmp_path / "far" / "deep").mkdir()
    (tmp_path / "far" / "deep" / "c.jpg").touch()
    (root / "link").symlink_to(tmp_path / "far")

    assert files(FolderSource(str(root))) == ["a.jpg", "link/b.jpg", "link/deep/c.jpg"]


@posix
def test_a_file_keeps_its_own_name_before_that_of_a_link(plant: Callable[..., Path]) -> None:
    root = plant("z/photo.jpg", "real.jpg")
    (root / "a-link-to-z").symlink_to(root / "z")
    (root / "a-link.jpg").symlink_to(root / "real.jpg")
    found = files(FolderSource(str(root)))

    assert found.index("real.jpg") < found.index("a-link.jpg")
    assert "z/photo.jpg" in found
    assert "a-link-to-z/photo.jpg" not in found


@posix
def test_what_is_no_file_is_skipped_with_its_reason(plant: Callable[..., Path]) -> None:
    root = plant("a.jpg")
    os.mkfifo(root / "pipe.jpg")
    (root / "broken.jpg").symlink_to(root / "gone.jpg")
    found = {item.path: (item.kind, item.reason) for item in of(Skipped, FolderSource(str(root)))}

    assert found == {
        "pipe.jpg": ("not-an-image", "a device, pipe or socket"),
        "broken.jpg": ("unreadable", "a link to nothing"),
    }


def test_folders_that_may_not_be_read_are_skipped_with_their_reason(plain_user: Path) -> None:
    for name in ("open", "unlistable", "unenterable"):
        (plain_user / name).mkdir()
        (plain_user / name / "a.jpg").touch()
    (plain_user / "unlistable").chmod(0o300)
    (plain_user / "unenterable").chmod(0o600)
    source = FolderSource(str(plain_user))
    skipped = {item.path: item.reason for item in of(Skipped, source)}

    assert files(source) == ["open/a.jpg"]
    assert {path.split("/")[0] for path in skipped} == {"unlistable", "unenterable"}
    assert all("Permission denied" in reason for reason in skipped.values())


def test_what_lies_in_a_folder_that_may_not_be_entered_is_skipped(plain_user: Path) -> None:
    (plain_user / "a.jpg").touch()
    plain_user.chmod(0o600)
    (skipped,) = FolderSource(str(plain_user)).entries()

    assert (skipped.path, skipped.kind, skipped.reason) == (
        "a.jpg",
        "unreadable",
        "Permission denied",
    )


@posix
def test_names_of_any_bytes_are_found(plant: Callable[..., Path]) -> None:
    names = sorted(
        ["\udcff.jpg", "new\nline.jpg", "caf\u00e9.jpg", "cafe\u0301.jpg", " .jpg", "a\\b.jpg"]
    )
    root = plant(*names)

    assert files(FolderSource(str(root))) == names
    assert all(file.full.read_bytes() for file in of(File, FolderSource(str(root))))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (SimpleNamespace(), False),
        (SimpleNamespace(st_file_attributes=0x20), False),
        (SimpleNamespace(st_file_attributes=0x20 | 0x1000), True),
        (SimpleNamespace(st_file_attributes=0x40000), True),
        (SimpleNamespace(st_file_attributes=0x400000), True),
        (SimpleNamespace(st_flags=0x40), False),
        (SimpleNamespace(st_flags=0x40000040), True),
    ],
)
def test_a_file_that_is_only_in_the_cloud_is_known_by_its_status(
    status: object, expected: bool
) -> None:
    assert is_placeholder(status) is expected


# Single files


def test_files_keep_the_order_given_and_hidden_ones_count(plant: Callable[..., Path]) -> None:
    root = plant("b/2.jpg", "b/1.jpg", "b/.hidden.jpg")
    source = FilesSource([str(root / "b" / name) for name in ("2.jpg", ".hidden.jpg", "1.jpg")])

    assert source.base == os.path.realpath(root / "b")
    assert files(source) == ["2.jpg", ".hidden.jpg", "1.jpg"]
    assert not source.is_folder


def test_files_lie_under_the_folder_that_they_share(plant: Callable[..., Path]) -> None:
    root = plant("a/1.jpg", "ab/c/2.jpg")
    source = FilesSource([str(root / "a" / "1.jpg"), str(root / "ab" / "c" / "2.jpg")])

    assert source.base == os.path.realpath(root)
    assert files(source) == ["a/1.jpg", "ab/c/2.jpg"]


def test_files_may_be_named_from_here(
    plant: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plant("a/1.jpg", "2.jpg")
    monkeypatch.chdir(root / "a")
    source = FilesSource(["1.jpg", "../2.jpg", "./1.jpg"])

    assert source.base == os.path.realpath(root)
    assert files(source) == ["a/1.jpg", "2.jpg", "a/1.jpg"]


def test_listed_files_that_are_none_are_skipped(plant: Callable[..., Path]) -> None:
    root = plant("a/1.jpg")
    source = FilesSource([str(root / "gone.jpg"), str(root / "a"), str(root / "a" / "1.jpg")])
    found = {item.path: (item.kind, item.reason) for item in of(Skipped, source)}

    assert files(source) == ["a/1.jpg"]
    assert found == {
        "gone.jpg": ("unreadable", "No such file or directory"),
        "a": ("not-an-image", "a folder"),
    }


def test_a_list_of_nothing_is_refused() -> None:
    with pytest.raises(PathError, match="names no files"):
        FilesSource([])


@posix
def test_a_link_keeps_its_own_name_and_its_folder_is_resolved(plant: Callable[..., Path]) -> None:
    root = plant("real/1.jpg")
    (root / "folder").symlink_to(root / "real")
    (root / "real" / "link.jpg").symlink_to("1.jpg")
    source = FilesSource([str(root / "folder" / "link.jpg")])

    assert source.base == os.path.realpath(root / "real")
    assert files(source) == ["link.jpg"]


# Patterns

NAMES = ["a", "A", "b", "ab", "a.jpg", "b.jpg", "[a]", "a]", "!a", "a-b", "a&&b.jpg", "\u00e9.jpg"]
PARTS = [
    *NAMES, "*", "**", "?", "*.jpg", "a*", "*b*", "[ab]", "[!a]*", "[!]a]", "[]a]", "[b-a]",
    "[a-c]", "[[]a]", "[", "[]", "[!]", "[a", "[^a]", "[a&&b]", "***", "a**", "[--b]",
    "?.jpg", "*.*",
]  # fmt: skip
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
PATTERNS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("/".join)


def matched(root: Path, pattern: str) -> set[str]:
    try:
        source = PatternSource(f"{root}/{pattern}")
    except PathError:
        return set()
    return {os.path.relpath(file.full, os.path.realpath(root)) for file in of(File, source)}


@posix
@given(st.sets(PATHS, max_size=12), PATTERNS.filter(lambda text: any(c in text for c in "*?[")))
@example({"a/b/a.jpg", "a.jpg", "b/a.jpg"}, "**/a.jpg")
@example({"a/b/a.jpg", "a.jpg", "b/a.jpg"}, "a/**")
@example({"a/b/a.jpg", "a/a.jpg", "b/a.jpg"}, "**/b/**/*.jpg")
def test_a_pattern_fits_what_pythons_glob_finds(paths: set[str], pattern: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(paths):
            full = Path(folder, path)
            if not any(parent.is_file() for parent in full.parents) and not full.exists():
                full.parent.mkdir(parents=True, exist_ok=True)
                full.touch()
        expected = {
            path
            for path in glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207
            if Path(folder, path).is_file()
        }

        assert matched(Path(folder), pattern) == expected


@posix
@pytest.mark.parametrize("pattern", ["l*/*.jpg", "*k/**/*.jpg", "**/l*/*.jpg"])
def test_a_pattern_finds_what_lies_behind_a_link_that_it_names(
    pattern: str, plant: Callable[..., Path]
) -> None:
    root = plant("real/a.jpg", "real/b.png")
    (root / "link").symlink_to("real")

    assert {file.name for file in map(Path, files(PatternSource(f"{root}/{pattern}")))} == {"a.jpg"}


@posix
def test_a_pattern_meets_a_folder_anew_where_another_way_leads_further(
    plant: Callable[..., Path],
) -> None:
    root = plant("a/b/deep.jpg", "x.jpg")
    (root / "a" / "b" / "c").symlink_to(root / "a")
    pattern = PatternSource(f"{root}/a/*/c/b/*.jpg")

    assert files(pattern) == ["b/c/b/deep.jpg"]


@posix
@pytest.mark.parametrize("pattern", ["**/*.jpg", "**/**/*/*.jpg", "/".join(["*"] * 40)])
def test_a_tree_of_many_ways_is_not_walked_along_each(
    pattern: str, plant: Callable[..., Path]
) -> None:
    depth = 40  # every level is reached from the one above by two links: 2 ** 40 ways
    root = plant(*[f"{i:02}/{i}.jpg" for i in range(depth)])
    for i in range(depth - 1):
        for name in ("left", "right"):
            (root / f"{i:02}" / name).symlink_to(root / f"{i + 1:02}")
    entries = list(PatternSource(f"{root}/{pattern}").entries())

    assert any(entry.path.endswith(f"/{depth - 1}.jpg") for entry in entries)
    assert len(entries) <= depth * depth


def test_a_pattern_looks_only_where_something_may_fit(plain_user: Path) -> None:
    for name in ("closed", "open"):
        (plain_user / name / "deep").mkdir(parents=True)
        (plain_user / name / "a.jpg").touch()
        (plain_user / name / ".hidden").touch()
    (plain_user / "closed").chmod(0o300)
    source = PatternSource(f"{plain_user}/o*/*.jpg")

    assert [entry.path for entry in source.entries()] == ["open/.hidden", "open/a.jpg"]


def test_a_pattern_leaves_out_what_a_folder_leaves_out(plant: Callable[..., Path]) -> None:
    root = plant("a.jpg", ".b.jpg", "@eaDir/c.jpg")
    source = PatternSource(f"{root}/**/*.jpg")

    assert files(source) == ["a.jpg"]
    assert len(of(LeftOut, source)) == 2


@posix
def test_what_does_not_fit_a_pattern_is_not_skipped_either(plant: Callable[..., Path]) -> None:
    root = plant("a.jpg")
    (root / "broken.txt").symlink_to("gone")
    (root / "broken.jpg").symlink_to("gone")
    skipped = of(Skipped, PatternSource(f"{root}/*.jpg"))

    assert [item.path for item in skipped] == ["broken.jpg"]


def test_a_folder_that_cannot_be_listed_is_told_under_a_pattern_too(plain_user: Path) -> None:
    (plain_user / "closed").mkdir(mode=0o300)
    skipped = of(Skipped, PatternSource(f"{plain_user}/**/*.jpg"))

    assert [item.path for item in skipped] == ["closed"]


def test_the_base_of_a_pattern_is_its_fixed_part(plant: Callable[..., Path]) -> None:
    root = plant("a/b/c.jpg")
    source = PatternSource(f"{root}/a/*/c.jpg")

    assert source.base == os.path.realpath(root / "a")
    assert source.is_folder
    assert files(source) == ["b/c.jpg"]


def test_a_pattern_may_start_here(
    plant: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plant("a.jpg", "b/c.jpg"))

    assert files(PatternSource("*.jpg")) == ["a.jpg"]


def test_a_pattern_without_its_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathError, match="does not exist"):
        PatternSource(f"{tmp_path}/gone/*.jpg")


@posix
def test_a_file_whose_name_looks_like_a_pattern_is_a_file(plant: Callable[..., Path]) -> None:
    root = plant("holiday [1].jpg", "what?.jpg")

    assert not PatternSource.is_pattern(str(root / "holiday [1].jpg"))
    assert not PatternSource.is_pattern(str(root / "what?.jpg"))
    assert PatternSource.is_pattern(str(root / "holiday [2].jpg"))
    assert not PatternSource.is_pattern(str(root / "plain.jpg"))
