"""Names, corrections and labels from a table, and from Python."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin.errors import EditError, LabelsError, PathError
from pixkin.importing import Imported, import_table
from pixkin.library.edits import Edits

Rows = list[dict[str, str]]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = draw_folder(tmp_path / "photos", 5, 3)
    pixkin.cluster(folder, encoder="color", layout="pca").to_csv(tmp_path / "clusters.csv")
    return folder


@pytest.fixture
def edits(photos: Path) -> Iterator[Edits]:
    with Edits.open(photos / ".pixkin") as opened:
        yield opened


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a table: the run's own, changed, or other rows."""

    def write(change: Callable[[Rows], object] | Rows, between: str = ",") -> Path:
        path = tmp_path / "clusters.csv"
        if callable(change):
            with path.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
            change(rows)
        else:
            rows = change
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter=between)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def members(edits: Edits, group: str) -> set[str]:
    files = edits.group(group).files
    return {"/".join(Path(path).parts[-2:]) for paths in files for path in paths}


def test_a_table_that_was_not_changed_changes_nothing(edits: Edits, tmp_path: Path) -> None:
    before = edits.state()

    assert import_table(edits, tmp_path / "clusters.csv") == Imported(0, (), (), ())
    assert edits.state() == before
    assert len(edits.entries()) == 1


def test_names_and_groups_that_were_changed_are_taken_in_one_step(
    edits: Edits, table: Callable[..., Path]
) -> None:
    one, other, *_ = (group.cluster_id for group in edits.groups().groups)

    def change(rows: Rows) -> None:
        for row in rows:
            row["name"] = "Mine" if row["cluster_id"] == one else ""
        first = next(row for row in rows if row["cluster_id"] == other)
        first |= {"cluster_id": one, "name": "Mine"}

    before = edits.state()
    done = import_table(edits, table(change))

    assert (done.moved, done.named, done.founded) == (1, (one,), ())
    assert len(members(edits, "Mine")) == 6
    assert len(edits.state().held) == 1
    edits.undo()
    assert edits.state().is_like(before)
    edits.redo()
    assert len(members(edits, "Mine")) == 6


def test_own_labels_become_groups_and_stay_in_the_next_run(
    edits: Edits, photos: Path, table: Callable[..., Path]
) -> None:
    rows = [
        {"path": f"photos/{path.relative_to(photos).as_posix()}", "label": f"Kind {i % 2}"}
        for i, path in enumerate(sorted(photos.glob("[a-z]*/*.*")))
    ]
    done = import_table(edits, table(rows))
    pixkin.cluster(photos, encoder="color", layout="pca", random_state=3)

    assert done.moved == 15
    assert len(done.founded) == 2
    assert {group.name: group.images for group in edits.groups().groups} == {
        "Kind 0": 8,
        "Kind 1": 7,
    }
    again = import_table(edits, table(rows))
    assert again.founded == ()


def test_a_group_of_another_library_is_founded_with_its_name(
    edits: Edits, table: Callable[..., Path]
) -> None:
    def change(rows: Rows) -> None:
        for number, row in enumerate(rows):
            row["cluster_id"] = "abc" if number < 3 else "xyz" if number < 5 else row["cluster_id"]
            row["name"] = "Theirs" if number < 3 else ""

    done = import_table(edits, table(change))

    assert len(done.founded) == 2
    assert len(members(edits, "Theirs")) == 3
    assert {edits.state().groups[c].name for c in done.founded} == {"Theirs", ""}


@pytest.mark.parametrize("between", [";", "\t"])
def test_a_spreadsheet_may_put_something_else_between_fields(
    edits: Edits, photos: Path, table: Callable[..., Path], between: str
) -> None:
    rows = [{"path": "photos/balls/0.jpg", "label": "A, B"}]
    import_table(edits, table(rows, between))

    assert members(edits, "A, B") == {"balls/0.jpg"}


def test_what_the_library_does_not_know_is_told_and_the_rest_done(
    edits: Edits, photos: Path, table: Callable[..., Path]
) -> None:
    rows = [
        {"path": "photos/balls/0.jpg", "label": "Mine"},
        {"path": "photos/elsewhere.jpg", "label": "Mine"},
        {"path": "photos/balls/1.png", "label": ""},
    ]
    done = import_table(edits, table(rows))

    assert done.unknown == ("photos/elsewhere.jpg",)
    assert members(edits, "Mine") == {"balls/0.jpg"}
    with pytest.raises(LabelsError, match="no picture that the library knows: photos/elsewhere"):
        import_table(edits, table(rows[1:]))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"file": "a.jpg", "label": "x"}], "must have a column image or path.* has file, label"),
        ([{"path": "a.jpg", "group": "x"}], "one of cluster_id, label and name"),
        (
            [{"path": "photos/balls/0.jpg", "label": label} for label in "xy"],
            "puts photos/balls/0.jpg into two groups: 'x' and 'y'",
        ),
        (
            [{"path": "photos/balls/0.jpg", "cluster_id": "q", "name": name} for name in "xy"],
            "gives the group q two names: 'x' and 'y'",
        ),
    ],
)
def test_a_table_that_is_none_or_contradicts_itself_changes_nothing(
    edits: Edits, table: Callable[..., Path], rows: Rows, said: str
) -> None:
    with pytest.raises(LabelsError, match=said):
        import_table(edits, table(rows))
    assert len(edits.entries()) == 1


def test_what_is_no_text_is_said_to_be_no_table(edits: Edits, photos: Path) -> None:
    with pytest.raises(LabelsError, match="cannot be read as a table"):
        import_table(edits, photos / "balls/0.jpg")


# From Python


def test_labels_are_given_by_path(edits: Edits, photos: Path) -> None:
    one = edits.groups().groups[0].cluster_id
    edits.rename(one, "First")
    ids = edits.assign(
        {
            photos / "balls/0.jpg": "Mine",
            photos / "grass/0.jpg": "Mine",
            photos / "grass/2.jpg": one,
        }
    )

    assert members(edits, "Mine") == {"balls/0.jpg", "grass/0.jpg"}
    assert ids[1] == one
    assert "grass/2.jpg" in members(edits, "First")
    assert edits.assign({photos / "balls/1.png": "Mine"}) == ids[:1]
    assert edits.group("Mine").history[-1][1] == "assigned 1 picture to 1 group"


@pytest.mark.parametrize("label", ["", "  ", "x" * 201, "a\x07b"])
def test_a_label_must_be_a_name(edits: Edits, photos: Path, label: str) -> None:
    with pytest.raises(EditError):
        edits.assign({photos / "balls/0.jpg": label})
    with pytest.raises(EditError, match="at least one"):
        edits.assign({})
    with pytest.raises(PathError, match="no picture that the library knows"):
        edits.assign({photos / "nothing.jpg": "x"})


def test_two_groups_never_get_one_name(
    edits: Edits, photos: Path, table: Callable[..., Path]
) -> None:
    one, other, *_ = (group.cluster_id for group in edits.groups().groups)
    edits.rename(one, "Mine")

    def change(rows: Rows) -> None:
        for row in rows:
            row["name"] = "Mine" if row["cluster_id"] == other else ""

    with pytest.raises(EditError, match="would have the name 'Mine'"):
        import_table(edits, table(change))


def test_a_copy_with_another_label_is_said_to_be_one(edits: Edits, photos: Path) -> None:
    (photos / "copy.jpg").write_bytes((photos / "balls/0.jpg").read_bytes())
    pixkin.update(photos)

    with pytest.raises(EditError, match="has a copy with another label"):
        edits.assign({photos / "balls/0.jpg": "x", photos / "copy.jpg": "y"})
