"""Files put into folders through the server and the page, and taken back."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import pixkin
from pixkin.progress import Step
from pixkin.web.serve import Served
from web.asking import ask, post
from web.planted import tree
from web.waiting import done, stopping_at


@pytest.fixture
def photos(library: pixkin.Library) -> Path:
    return library.folder.parent


def organize(served: Served, to: Path, **asked: Any) -> Any:
    answer = post(served, "/api/plans/organize", {"destination": str(to), **asked})
    assert answer.status == 200, answer.body
    return answer.json


def apply(served: Served, plan: Any) -> Any:
    return done(served, post(served, f"/api/plans/{plan['plan']}/apply", {}))


def test_a_plan_shows_folders_and_nothing_happens(
    served: Served, library: pixkin.Library, photos: Path, tmp_path: Path
) -> None:
    library.edit.rename(library.clusters[0].cluster_id, "Red <b>balls</b>")
    before = tree(photos)

    plan = organize(served, tmp_path / "sorted")

    assert plan["files"] == 32
    assert (plan["action"], plan["state"], plan["outcome"]) == ("copy", "planned", None)
    assert "Red _b_balls__b_" in {folder["path"] for folder in plan["folders"]}
    assert sum(folder["files"] for folder in plan["folders"]) == 32
    assert sum(folder["bytes"] for folder in plan["folders"]) == plan["bytes"]
    assert not (tmp_path / "sorted").exists()
    assert tree(photos) == before


def test_the_actions_come_in_parts(served: Served, tmp_path: Path) -> None:
    plan = organize(served, tmp_path / "sorted")

    parts = [ask(served, f"/api/plans/{plan['plan']}?n=20&offset={i}").json for i in (0, 20)]

    assert [len(part["actions"]) for part in parts] == [20, 12]
    assert len({action["target"] for part in parts for action in part["actions"]}) == 32


def test_files_are_moved_and_taken_back(served: Served, photos: Path, tmp_path: Path) -> None:
    before = tree(photos)
    plan = organize(served, tmp_path / "sorted", action="move", by="group/date")

    apply(served, plan)
    told = ask(served, f"/api/plans/{plan['plan']}").json
    moved = tree(tmp_path / "sorted")
    filings = ask(served, "/api/filings").json
    done(served, post(served, "/api/filings/undo", {"filing": filings["filings"][0]["filing"]}))
    after = ask(served, "/api/filings").json

    assert (told["state"], told["outcome"]["done"]) == ("done", 32)
    assert sorted(moved.values()) == sorted(before.values())
    assert [(row["state"], row["files"]) for row in filings["filings"]] == [("done", 32)]
    assert tree(photos) == before
    assert not (tmp_path / "sorted").exists()
    assert after["filings"][0]["state"] == "undone"
    assert (after["last"]["kind"], after["last"]["done"]) == ("undo", 32)


def test_a_template_and_some_groups_are_heeded(
    served: Served, library: pixkin.Library, tmp_path: Path
) -> None:
    group = library.clusters[0]

    plan = organize(
        served, tmp_path / "sorted", template="all/{id}/{stem}{ext}", groups=[group.cluster_id]
    )

    assert [folder["path"] for folder in plan["folders"]] == [f"all/{group.cluster_id}"]
    assert plan["files"] == group.images


def test_what_changed_since_the_plan_is_left_and_told(
    served: Served, library: pixkin.Library, photos: Path, tmp_path: Path
) -> None:
    plan = organize(served, tmp_path / "sorted", action="move")
    changed = Path(plan["actions"][0]["source"])
    changed.write_bytes(b"something else")
    library.edit.rename(library.clusters[0].cluster_id, "Named since")

    is_old = ask(served, f"/api/plans/{plan['plan']}").json["is_old"]
    apply(served, plan)
    outcome = ask(served, f"/api/plans/{plan['plan']}").json["outcome"]

    assert not plan["is_old"]
    assert is_old
    assert outcome["done"] == 31
    assert outcome["refused"] == [{"path": str(changed), "reason": "was changed since"}]
    assert changed.read_bytes() == b"something else"


def test_only_a_plan_that_was_shown_is_applied_and_only_once(
    served: Served, photos: Path, tmp_path: Path
) -> None:
    before = tree(photos)
    plan = organize(served, tmp_path / "sorted")

    forged = post(served, "/api/plans/AAAAAAAAAAAAAAAAAAAAAA/apply", {})
    apply(served, plan)
    again = post(served, f"/api/plans/{plan['plan']}/apply", {})

    assert (forged.status, again.status) == (400, 400)
    assert "Make it anew" in forged.json["message"]
    assert "already" in again.json["message"]
    assert tree(photos) == before
    assert len(tree(tmp_path / "sorted")) == 32


def test_only_a_few_plans_are_kept(served: Served, tmp_path: Path) -> None:
    plans = [organize(served, tmp_path / f"sorted {i}") for i in range(8)]

    status = [ask(served, f"/api/plans/{plan['plan']}").status for plan in plans]

    assert status == [400, 400, *[200] * 6]


@pytest.mark.parametrize("destination", ["", "sorted", "../sorted", "~root/x", "/" + "a" * 4000])
def test_a_destination_is_a_whole_path(served: Served, destination: str) -> None:
    answer = post(served, "/api/plans/organize", {"destination": destination})

    assert answer.status in {400, 404}
    assert answer.json["message"]


def test_what_makes_no_sense_is_refused(served: Served, photos: Path, tmp_path: Path) -> None:
    def refused(to: Path, **asked: Any) -> int:
        return post(served, "/api/plans/organize", {"destination": str(to), **asked}).status

    assert refused(tmp_path, template="{name}/{secret}") == 400
    assert refused(tmp_path, template="../{name}{") == 400
    assert refused(tmp_path, groups=["nobody"]) == 404
    assert refused(tmp_path, action="shred") == 422
    assert refused(photos / ".pixkin" / "in") == 404
    assert refused(tmp_path / "nul\0") == 422


def stopped(served: Served, plan: Any) -> None:
    """Apply a plan, and stop it after its first files."""
    with stopping_at(served, "file"):
        assert apply(served, plan)["state"] == "stopped"


@pytest.mark.parametrize(("way", "n"), [("resume", 32), ("rollback", 0)])
def test_stopped_in_the_middle_nothing_is_lost(
    served: Served, photos: Path, tmp_path: Path, way: str, n: int
) -> None:
    before = tree(photos)
    plan = organize(served, tmp_path / "sorted", action="move")

    stopped(served, plan)
    between = tree(photos) | tree(tmp_path / "sorted")
    cut_off = ask(served, "/api/filings").json["filings"][0]["state"]
    other = organize(served, tmp_path / "other")
    refused = apply(served, other)
    assert done(served, post(served, f"/api/filings/{way}", {}))["state"] == "done"

    assert cut_off == "applying"
    assert sorted(between.values()) == sorted(before.values())
    assert (refused["state"], "not finished" in refused["message"]) == ("failed", True)
    assert len(tree(tmp_path / "sorted")) == n
    assert len(tree(photos)) == 32 - n
    assert apply(served, other)["state"] == "done"  # what failed may be tried again


def test_steps_are_told(served: Served, tmp_path: Path) -> None:
    steps: list[Step] = []
    with pixkin.open(served.here.library.folder) as library:
        library.apply(library.organize(tmp_path / "sorted"), steps.append)

    assert steps[-1] == Step("file", 32, 32)


def test_folders_that_begin_so_are_proposed(served: Served, tmp_path: Path) -> None:
    for name in ("Sorted", "sorting", "other", ".sorted", "Sor\u202etx"):
        (tmp_path / "to" / name).mkdir(parents=True)
    (tmp_path / "to" / "sort.txt").touch()
    (tmp_path / "to" / "sorry").symlink_to("sorry")

    def begun(text: str) -> list[str]:
        return ask(served, f"/api/folders?begun={quote(text)}").json["paths"]

    base = f"{tmp_path}/to"
    assert begun(f"{base}/sor") == [f"{base}/Sorted", f"{base}/sorting"]
    assert begun(f"{base}/") == [f"{base}/Sorted", f"{base}/other", f"{base}/sorting"]
    assert begun(f"{base}/.s") == [f"{base}/.sorted"]
    assert begun(f"{base}/nowhere/x") == begun("to/sor") == begun("") == []


# The page


@pytest.mark.browser
def test_a_folder_is_proposed_while_its_path_is_written(page: Any, tmp_path: Path) -> None:
    (tmp_path / "Holiday").mkdir()
    page.goto(f"{page.url.split('#')[0]}#/tidy")
    page.get_by_label("Into the folder").fill(f"{tmp_path}/Hol")

    page.locator(f'option[value="{tmp_path}/Holiday"]').wait_for(state="attached")


@pytest.mark.browser
def test_what_could_not_come_back_is_told_and_tried_again(
    page: Any, photos: Path, tmp_path: Path
) -> None:
    before = tree(photos)
    to_plan(page, tmp_path / "sorted", "Move")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="do it with 32 files").click()
    page.get_by_role("heading", name="32 files were moved").wait_for()
    (photos / "balls/0.jpg").write_bytes(b"in the way")
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take 32 files back").click()
    page.get_by_text("1 file was left as it is").wait_for()
    page.get_by_text("something else is at its old place; it is at").wait_for()
    (photos / "balls/0.jpg").unlink()
    page.get_by_role("link", name="Tidy up").click()
    page.get_by_text("1 file could not be taken back").wait_for()
    page.get_by_role("button", name="Try the rest again").click()
    page.get_by_text("1 file could not be taken back").wait_for(state="hidden")

    assert tree(photos) == before


@pytest.mark.browser
def test_tidying_is_by_the_level_that_is_kept(page: Any, library: pixkin.Library) -> None:
    page.locator(".card").first.wait_for()
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Keep this level").wait_for()
    page.get_by_role("link", name="Tidy up").click()

    page.get_by_text(f"{len(library.clusters)} groups have no name yet").wait_for()


@pytest.mark.browser
def test_empty_folders_go_where_it_is_wanted(page: Any, photos: Path, tmp_path: Path) -> None:
    page.goto(f"{page.url.split('#')[0]}#/tidy")
    page.get_by_label("Into the folder").fill(str(tmp_path / "sorted"))
    assert page.get_by_label("Remove folders that are empty").count() == 0
    page.get_by_role("radio", name="Move", exact=False).first.check()
    page.get_by_label("Remove folders that are empty").check()
    page.get_by_role("button", name="Show the plan").click()
    page.get_by_text("folders that are empty then and go:").wait_for()
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="do it with 32 files").click()
    page.get_by_role("heading", name="32 files were moved").wait_for()

    assert [path.name for path in photos.iterdir() if not path.name.startswith(".")] == []


@pytest.mark.browser
def test_links_are_offered_to_who_looks_for_other_ways(page: Any) -> None:
    page.goto(f"{page.url.split('#')[0]}#/tidy")
    page.get_by_role("radio", name="Move", exact=False).first.wait_for()
    assert not page.get_by_role("radio", name="Hard link", exact=False).is_visible()
    page.get_by_text("Other ways").click()

    page.get_by_role("radio", name="Hard link", exact=False).check()


def to_plan(page: Any, to: Path, action: str = "Copy") -> None:
    page.goto(f"{page.url.split('#')[0]}#/tidy")
    page.get_by_label("Into the folder").fill(str(to))
    page.get_by_role("radio", name=action, exact=False).first.check()
    page.get_by_role("button", name="Show the plan").click()
    page.get_by_role("button", name="Apply").wait_for()


@pytest.mark.browser
def test_pictures_are_filed_from_the_page_and_brought_back(
    page: Any, library: pixkin.Library, photos: Path, tmp_path: Path
) -> None:
    library.edit.rename(library.clusters[0].cluster_id, "Red balls")
    before = tree(photos)
    to_plan(page, tmp_path / "sorted", "Move")
    page.get_by_role("list").get_by_text("Red balls").wait_for()
    assert tree(photos) == before

    page.get_by_role("button", name="Apply").click()
    page.get_by_role("dialog").get_by_text("puts every file back").wait_for()
    page.get_by_role("button", name="do it with 32 files").click()
    page.get_by_role("heading", name="32 files were moved").wait_for()
    moved = tree(tmp_path / "sorted")
    page.get_by_role("link", name="Tidy up").click()
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take 32 files back").click()
    page.get_by_text("taken back").first.wait_for()

    assert sorted(moved.values()) == sorted(before.values())
    assert tree(photos) == before


@pytest.mark.browser
def test_what_was_cut_off_is_finished_from_the_page(
    page: Any, served: Served, photos: Path, tmp_path: Path
) -> None:
    stopped(served, organize(served, tmp_path / "sorted", action="move"))
    page.goto(f"{page.url.split('#')[0]}#/tidy")
    page.get_by_role("alert").get_by_text("not finished").wait_for()

    page.get_by_role("button", name="Finish it").click()
    page.get_by_text("32 files").first.wait_for()

    assert len(tree(tmp_path / "sorted")) == 32
    assert tree(photos) == {}
