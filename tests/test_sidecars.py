"""Names of groups are written into sidecars, and all else in them stays."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import draw_folder
from hypothesis import given
from hypothesis import strategies as st

import pixkin
from pixkin.errors import PathError
from pixkin.filing.apply import apply, undo
from pixkin.filing.organize import organize
from pixkin.filing.plan import Plan, load, save
from pixkin.filing.restore import restore
from pixkin.filing.sidecars import write_sidecars
from pixkin.filing.trash import empty, trashed
from pixkin.filing.xmp import MOST_BYTES, NotXmpError, merged
from pixkin.library.edits import Edits

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LISTS = {
    "subject": "{http://purl.org/dc/elements/1.1/}subject",
    "tree": "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject",
    "tags": "{http://www.digikam.org/ns/1.0/}TagsList",
}
MINE = """\
\ufeff<?xml version="1.0" encoding="UTF-8"?>
<!-- mine -->
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
   xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:z="urn:z">
  <r:Description r:about="" z:stars="5>4" z:quote='"'/>
  <r:Description r:about="">
   <z:deep><z:er>\u00fc &amp; <![CDATA[<d:subject>]]></z:er></z:deep>
   <d:subject>
    <r:Bag>
     <r:li>beach</r:li>
    </r:Bag>
   </d:subject>
  </r:Description>
 </r:RDF>
</x:xmpmeta>
"""


def rdf(inside: str) -> bytes:
    """Give XMP with something inside its only description."""
    return (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:lr="http://ns.adobe.com/lightroom/1.0/" '
        'xmlns:digiKam="http://www.digikam.org/ns/1.0/">'
        f"{inside}</r:RDF>"
    ).encode()


def keywords(data: bytes, which: str = "subject") -> list[str | None]:
    """Read keywords as another program would."""
    found = ET.fromstring(data).iterfind(f".//{RDF}Description/{LISTS[which]}/*/{RDF}li")
    return [item.text for item in found]


# XMP


def test_a_new_sidecar_has_the_keyword_in_all_lists() -> None:
    made = merged(None, "Rex & <co>")

    assert keywords(made) == ["Rex & <co>"]
    assert keywords(made, "tree") == ["Pixkin|Rex & <co>"]
    assert keywords(made, "tags") == ["Pixkin/Rex & <co>"]


def test_what_is_added_is_all_that_changes() -> None:
    new = merged(MINE.encode(), "Rex").decode()

    assert new == MINE.replace(
        "<r:li>beach</r:li>\n", "<r:li>beach</r:li>\n     <r:li>Rex</r:li>\n"
    )


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_a_keyword_is_there_once_however_often_it_is_added(one: str, other: str) -> None:
    try:
        new = merged(merged(MINE.encode(), one), other)
    except NotXmpError:
        assert not one.strip() or not other.strip() or any(map(is_odd, one + other))
        return

    assert merged(merged(new, one), other) == new
    assert keywords(new)[0] == "beach"
    assert len(keywords(new)) == len(set(keywords(new)))


def is_odd(letter: str) -> bool:
    return ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 or letter in "\ufffe\uffff"


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<r:Description/>",
        "<r:Description></r:Description>",
        "<r:Description><dc:subject/></r:Description>",
        "<r:Description><dc:subject> </dc:subject></r:Description>",
        "<r:Description><dc:subject><r:Bag/></dc:subject></r:Description>",
        "<r:Description><dc:subject><r:Seq></r:Seq></dc:subject></r:Description>",
        "<r:Description><dc:subject><r:Bag><r:li/></r:Bag></dc:subject></r:Description>",
    ],
)
def test_every_form_of_few_keywords_takes_one(inside: str) -> None:
    new = merged(rdf(inside), "Rex")

    assert [word for word in keywords(new) if word] == ["Rex"]
    assert merged(new, "Rex") == new


def test_a_list_that_would_hide_older_keywords_is_not_made() -> None:
    own = "<dc:subject><r:Bag><r:li>beach</r:li></r:Bag></dc:subject>"
    old = f"<r:Description>{own}{{}}</r:Description>"
    tags = "<digiKam:TagsList><r:Seq><r:li>Places/beach</r:li></r:Seq></digiKam:TagsList>"
    without, there = merged(rdf(old.format("")), "Rex"), merged(rdf(old.format(tags)), "Rex")

    assert keywords(without, "tags") == keywords(without, "tree") == keywords(there, "tree") == []
    assert keywords(there, "tags") == ["Places/beach", "Pixkin/Rex"]
    assert keywords(there) == ["beach", "Rex"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no XMP"),
        (b"stars: 5", "is no XMP"),
        (b"<a>", "is no XMP"),
        (b"<a/>", "no rdf:RDF"),
        (MINE.encode("utf-16"), "UTF-8"),
        (b'<?xml version="1.0" encoding="latin-1"?><a/>', "encoding latin-1"),
        (b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (rdf('<r:Description dc:subject="beach"/>'), "form that is not known"),
        (rdf("<r:Description><dc:subject>beach</dc:subject></r:Description>"), "form that is not"),
        (rdf("<r:Description><dc:subject/><dc:subject/></r:Description>"), "subject twice"),
        (b" " * (MOST_BYTES + 1), "larger"),
    ],
)
def test_what_is_no_xmp_or_is_hostile_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(NotXmpError, match=said):
        merged(data, "Rex")


# Plans


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("sidecars") / "photos", 2, 2)
    pixkin.cluster(folder, encoder="color", layout="pca")
    return folder


@pytest.fixture
def photos(tmp_path: Path, made_once: Path) -> Path:
    return Path(shutil.copytree(made_once, tmp_path / "photos"))


@pytest.fixture
def edits(photos: Path) -> Iterator[Edits]:
    with Edits.open(photos / ".pixkin") as opened:
        opened.assign({path: f"My {path.parent.name}" for path in photos.glob("[a-z]*/*.*")})
        yield opened


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".pixkin" not in path.parts
    }


def beside(path: Path, text: str = MINE) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(0, 10**18 + 7))
    return path


def names(plan: Plan) -> list[str]:
    return [Path(action.target).name for action in plan.actions]


def test_sidecars_are_written_and_taken_back_and_no_picture_is_touched(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    old = beside(photos / "balls/0.xmp")
    old.chmod(0o640)
    before = tree(tmp_path)
    plan = write_sidecars(edits)
    assert tree(tmp_path) == before, "a plan does nothing"
    done = apply(edits, plan)
    assert (done.done, done.refused) == (4, ())
    now = tree(tmp_path)
    assert keywords(old.read_bytes()) == ["beach", "My balls"]
    assert old.stat().st_mode & 0o777 == 0o640
    assert keywords((photos / "balls/1.png.xmp").read_bytes()) == ["My balls"]
    assert keywords((photos / "sunsets/0.jpg.xmp").read_bytes()) == ["My sunsets"]
    assert all(now[name] == before[name] for name in before if not name.endswith("xmp"))
    assert [left.reason for left in write_sidecars(edits).left] == ["has the keyword already"] * 4
    undo(edits)

    assert tree(tmp_path) == before
    assert old.stat().st_mode & 0o777 == 0o640
    assert not (photos / ".pixkin-trash").exists()


@pytest.mark.parametrize(
    ("others", "changed"),
    [
        ([], ["0.jpg.xmp"]),
        (["0.jpg.xmp"], ["0.jpg.xmp"]),
        (["0.xmp"], ["0.xmp"]),
        (["0.XMP"], ["0.XMP"]),
        (["0.jpg.xmp", "0.xmp"], ["0.jpg.xmp", "0.xmp"]),
        (["0.CR2"], ["0.xmp"]),
        (["0.CR2", "0.xmp"], ["0.xmp"]),
        (["0.gif", "0.xmp"], ["0.jpg.xmp"]),
        (["0.gif", "0.CR2"], ["0.jpg.xmp"]),
    ],
)
def test_the_name_is_one_that_others_read(
    edits: Edits, photos: Path, others: list[str], changed: list[str]
) -> None:
    for name in others:
        beside(photos / "balls" / name)
    (photos / "balls/1.png").unlink()

    assert names(write_sidecars(edits, ["My balls"])) == changed


def test_only_groups_with_a_name_count(made_once: Path) -> None:
    with Edits.open(made_once / ".pixkin") as fresh:
        plan = write_sidecars(fresh)

    assert (plan.actions, plan.left) == ((), ())


def test_what_is_no_sidecar_is_left_and_told(edits: Edits, photos: Path) -> None:
    beside(photos / "balls/0.xmp", "stars: 5")
    beside(photos / "balls/1.png.xmp").rename(photos / "mine.xmp")
    (photos / "balls/1.png.xmp").symlink_to(photos / "mine.xmp")
    plan = write_sidecars(edits, ["My balls"])

    assert plan.actions == ()
    assert [(Path(left.path).name, left.reason.split(":")[0]) for left in plan.left] == [
        ("0.xmp", "is no XMP"),
        ("1.png.xmp", "is a link, so it is not changed"),
    ]


def test_what_changed_since_the_plan_or_since_it_was_written_is_left_and_told(
    edits: Edits, photos: Path
) -> None:
    first, second = beside(photos / "balls/0.xmp"), beside(photos / "balls/1.xmp")
    plan = write_sidecars(edits)
    first.write_text(MINE.replace("beach", "peach"), encoding="utf-8")
    beside(photos / "sunsets/0.jpg.xmp")
    before = tree(photos)
    done = apply(edits, plan)
    assert done.done == 2
    assert [(left.path, left.reason) for left in done.refused] == [
        (str(first), "was changed since"),
        (str(photos / "sunsets/0.jpg.xmp"), "something else is there now"),
    ]
    second.write_text("by somebody", encoding="utf-8")
    back = undo(edits)

    assert [(left.path, left.reason) for left in back.refused] == [
        (str(second), "was changed since")
    ]
    assert second.read_text(encoding="utf-8") == "by somebody"
    (aside,) = trashed(edits)
    assert Path(aside.place).read_text(encoding="utf-8") == MINE
    assert tree(photos).keys() == before.keys() | {Path(aside.place).relative_to(photos).as_posix()}


def test_what_a_sidecar_was_is_kept_until_it_is_emptied(edits: Edits, photos: Path) -> None:
    old = beside(photos / "balls/0.xmp")
    apply(edits, write_sidecars(edits))
    (aside,) = trashed(edits)
    assert aside.path == str(old)
    assert Path(aside.place).read_text(encoding="utf-8") == MINE
    assert empty(edits, [aside]) == 1
    undo(edits)

    assert keywords(old.read_bytes()) == ["beach", "My balls"]
    assert not (photos / "balls/1.png.xmp").exists()
    assert not (photos / ".pixkin-trash").exists()


def test_a_sidecar_that_was_changed_is_named_when_its_old_one_is_to_come_back(
    edits: Edits, photos: Path
) -> None:
    old = beside(photos / "balls/0.xmp")
    apply(edits, write_sidecars(edits))
    old.write_text("by somebody", encoding="utf-8")
    done = restore(edits, trashed(edits))

    assert [(left.path, left.reason) for left in done.refused] == [(str(old), "was changed since")]
    assert old.read_text(encoding="utf-8") == "by somebody"


@pytest.mark.parametrize("action", ["copy", "move", "link", "hardlink"])
def test_pictures_that_are_filed_get_their_sidecars_there(
    edits: Edits, photos: Path, tmp_path: Path, action: str
) -> None:
    old = beside(photos / "balls/0.xmp")
    before = tree(tmp_path)
    plan = organize(edits, tmp_path / "sorted", action=action, write_sidecars=True)
    done = apply(edits, plan)
    assert done.refused == ()
    sorted_, own = tmp_path / "sorted" / "My balls", tmp_path / "sorted" / "My sunsets"
    assert keywords((sorted_ / "0.xmp").read_bytes()) == ["beach", "My balls"]
    assert keywords((own / "1.png.xmp").read_bytes()) == ["My sunsets"]
    assert (own / "1.png").exists()
    if action != "move":
        assert old.read_text(encoding="utf-8") == MINE, "the one at the old place stays"
        assert not list(photos.rglob("*.png.xmp"))
    assert undo(edits).refused == ()

    assert tree(tmp_path) == before


def test_no_sidecar_is_written_beside_a_picture_that_did_not_come(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    plan = organize(edits, tmp_path / "sorted", write_sidecars=True)
    (photos / "balls/0.jpg").write_bytes(b"other")
    done = apply(edits, plan)

    assert not (tmp_path / "sorted/My balls/0.jpg.xmp").exists()
    assert len(done.refused) == 2


def test_a_plan_to_write_is_saved_and_read_again(edits: Edits, photos: Path) -> None:
    beside(photos / "balls/0.xmp")
    plan, file = write_sidecars(edits), photos / "plan.json"
    save(plan, file)
    assert load(file) == plan
    file.write_text(file.read_text(encoding="utf-8").replace('"My balls"', '""'), encoding="utf-8")

    with pytest.raises(PathError, match="is no plan"):
        load(file)


def test_what_is_written_is_what_was_planned(edits: Edits) -> None:
    plan = write_sidecars(edits)
    apply(edits, plan)

    assert [
        hashlib.sha256(Path(action.target).read_bytes()).hexdigest() for action in plan.actions
    ] == [action.sha256 for action in plan.actions]
