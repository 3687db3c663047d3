"""Duplicates through the server and the page: found, decided on, cleared away, and back again."""

from pathlib import Path
from typing import Any

import pytest

import pixkin
from pixkin.web.serve import Served
from web.asking import ask, post
from web.planted import CROP, plant, tree
from web.waiting import done, stopping_at


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("planted") / "photos")


@pytest.fixture
def photos(library: pixkin.Library) -> Path:
    return library.folder.parent


def search(served: Served, *protected: Path) -> Any:
    asked = {"kind": "duplicates", "protected": list(map(str, protected))}
    assert done(served, post(served, "/api/jobs", asked))["state"] == "done"
    return ask(served, "/api/duplicates").json


def group_of(told: Any, name: str) -> Any:
    return next(g for g in told["groups"] if name in [f["name"] for f in g["files"]])


def clear(served: Served, told: Any, **asked: Any) -> Any:
    answer = post(served, "/api/plans/clear", {"found": told["found"], **asked})
    assert answer.status == 200, answer.body
    return answer.json


def apply(served: Served, plan: Any) -> Any:
    assert done(served, post(served, f"/api/plans/{plan['plan']}/apply", {}))["state"] == "done"
    return ask(served, f"/api/plans/{plan['plan']}").json


def test_nothing_is_found_before_it_is_looked_for(served: Served) -> None:
    told = ask(served, "/api/duplicates").json

    assert (told["found"], told["groups"]) == (0, [])


def test_groups_come_by_kind_with_what_to_keep_and_why(served: Served, photos: Path) -> None:
    told = search(served)
    kinds = {one["kind"]: (one["groups"], one["files"]) for one in told["kinds"]}
    small = group_of(told, "small 2.jpg")
    edited = ask(served, "/api/duplicates?kind=edited").json["groups"]

    assert kinds == {"identical": (2, 3), "same": (1, 1), "edited": (1, 1), "burst": (0, 0)}
    assert [one["name"] for one in small["files"]] == ["picture 2.jpg", "small 2.jpg"]
    assert "most detail" in small["reason"]
    assert "180 x 130 instead of 360 x 260" in small["files"][1]["why"]
    assert small["files"][1]["bytes"] == (photos / "small 2.jpg").stat().st_size
    assert [group["files"][1]["name"] for group in edited] == [CROP]
    assert "cropped" in edited[0]["files"][1]["why"]
    assert len(ask(served, "/api/duplicates?n=1&offset=3").json["groups"]) == 1


def test_duplicates_go_to_the_trash_and_all_comes_back(served: Served, photos: Path) -> None:
    before = tree(photos)
    told = search(served)

    plan = clear(served, told, kinds=["identical", "same"])
    assert plan["files"] == len(plan["actions"]) == 4
    assert plan["is_from"]
    assert tree(photos) == before
    outcome = apply(served, plan)["outcome"]
    there = {path for path in tree(photos) if not path.startswith(".pixkin-trash")}
    trash = ask(served, "/api/trash").json
    left = ask(served, "/api/duplicates").json
    done(served, post(served, "/api/filings/undo", {"filing": outcome["filing"]}))

    assert (outcome["done"], outcome["refused"]) == (4, [])
    assert {Path(path).relative_to(photos).as_posix() for path in _paths(trash)} == (
        before.keys() - there
    )
    assert trash["files"] == 4
    assert trash["bytes"] == sum(len(before[path][0]) for path in before.keys() - there)
    assert _paths(ask(served, "/api/trash").json) == []
    assert before.keys() - there == {
        "picture 0 copy.jpg", "picture 1 copy.jpg", "safe/picture 1 copy.jpg", "small 2.jpg"
    }  # fmt: skip
    assert [group["kind"] for group in left["groups"]] == ["edited"]
    assert left["as_of"] != told["as_of"]
    assert tree(photos) == before
    assert len(ask(served, "/api/duplicates").json["groups"]) == len(told["groups"])


def test_a_search_is_narrowed_down_to_a_kind_of_duplicate(served: Served) -> None:
    def found(kind: str) -> set[str]:
        told = ask(served, f"/api/words?copies={kind}").json
        return set(told["keys"])

    before = ask(served, "/api/facets").json["copies"]
    assert [(one["value"], one["n"]) for one in before] == [("identical", 2)]
    assert found("edited") == set(), "they were not looked for yet"
    told = search(served)
    small = group_of(told, "small 2.jpg")
    after = {one["value"]: one["n"] for one in ask(served, "/api/facets").json["copies"]}

    assert after == {"identical": 2, "same": 2, "edited": 2}
    assert found("same") == {file["key"] for file in small["files"]}
    assert len(found("identical")) == 2
    like = post(served, "/api/search", {"like": [small["files"][0]["key"]], "copies": "same"}).json
    assert set(like["keys"]) == found("same")
    assert ask(served, "/api/words?copies=odd").status == 422


def _paths(trash: Any) -> list[str]:
    return [one["path"] for one in trash["shown"]]


def test_one_file_is_brought_back_and_the_trash_is_emptied(served: Served, photos: Path) -> None:
    apply(served, clear(served, search(served), kinds=["identical"]))
    first = ask(served, "/api/trash").json
    one = first["shown"][0]
    assert done(served, post(served, "/api/trash/restore", {"ids": [one["id"]]}))["state"] == "done"
    left = ask(served, "/api/trash").json
    again = done(served, post(served, "/api/trash/restore", {"ids": [one["id"]]}))
    old = post(served, "/api/trash/empty", {"stamp": first["stamp"]})
    assert Path(one["path"]).exists()
    assert _paths(left) == [path for path in _paths(first) if path != one["path"]]
    assert (again["state"], "has changed" in again["message"]) == ("failed", True)
    assert (old.status, "has changed" in old.json["message"]) == (400, True)
    assert len(list((photos / ".pixkin-trash").rglob("*.jpg"))) == left["files"]

    emptied = post(served, "/api/trash/empty", {"stamp": left["stamp"]})

    assert emptied.json == {"files": left["files"]}
    assert not (photos / ".pixkin-trash").exists()
    assert not any(Path(path).exists() for path in _paths(left))


def test_another_keeper_and_a_file_that_stays_are_heeded(served: Served, photos: Path) -> None:
    told = search(served)
    small, ones = group_of(told, "small 2.jpg"), group_of(told, "picture 1.jpg")
    place = {one["name"]: one["place"] for one in ones["files"] if one["folder"] == str(photos)}

    plan = clear(
        served,
        told,
        decisions=[
            {"group": small["group"], "keeper": small["files"][1]["place"]},
            {"group": ones["group"], "stay": [place["picture 1 copy.jpg"]]},
        ],
    )

    assert {
        Path(action["source"]).relative_to(photos).as_posix() for action in plan["actions"]
    } == {
        "picture 2.jpg",
        "safe/picture 1 copy.jpg",
    }


def test_groups_that_are_left_alone_are_not_in_the_plan(served: Served) -> None:
    told = search(served)
    small = group_of(told, "small 2.jpg")

    plan = clear(served, told, kinds=["same", "edited"], leave=[small["group"]])

    assert [Path(action["source"]).name for action in plan["actions"]] == [CROP]


def test_what_is_protected_stays_also_when_another_is_kept(served: Served, photos: Path) -> None:
    told = search(served, photos / "safe")
    ones = group_of(told, "picture 1.jpg")
    marked = {one["folder"] for one in ones["files"] if one["is_protected"]}

    plan = clear(served, told, kinds=["identical"])

    assert told["protected"] == [str(photos / "safe")]
    assert marked == {str(photos / "safe")}
    assert "is protected" in [one["reason"] for one in plan["left"]]
    assert not any("safe" in action["source"] for action in plan["actions"])


def test_hard_links_are_for_identical_files_alone(served: Served, photos: Path) -> None:
    before = tree(photos)
    told = search(served)

    plan = clear(served, told, how="hardlink", kinds=["identical", "same", "edited"])
    apply(served, plan)
    left = ask(served, "/api/duplicates").json

    assert {action["kind"] for action in plan["actions"]} == {"replace"}
    assert (photos / "picture 0 copy.jpg").samefile(photos / "picture 0.jpg")
    assert tree(photos).keys() == before.keys()
    assert {group["kind"] for group in left["groups"]} == {"same", "edited"}


def test_a_decision_on_an_older_search_is_refused(served: Served) -> None:
    told = search(served)
    search(served)

    answer = post(served, "/api/plans/clear", {"found": told["found"], "kinds": ["identical"]})

    assert answer.status == 409
    assert "anew" in answer.json["message"]


def test_a_search_that_is_stopped_leaves_what_was_found_before(served: Served) -> None:
    told = search(served)

    with stopping_at(served, "compare"):
        again = done(served, post(served, "/api/jobs", {"kind": "duplicates"}))

    assert again["state"] == "stopped"
    assert ask(served, "/api/duplicates").json == told


def test_what_makes_no_sense_is_refused(served: Served, photos: Path) -> None:
    told = search(served)

    def refused(**asked: Any) -> int:
        return post(served, "/api/plans/clear", {"found": told["found"], **asked}).status

    assert refused(decisions=[{"group": 999}]) == 409
    assert refused(decisions=[{"group": 0, "keeper": 999}]) == 400
    assert refused(decisions=[{"group": 0, "keeper": -1}]) == 422
    assert refused(how="shred") == 422
    assert refused(how="move", to="here") == 404
    assert refused(how="move", to="/tmp/\0") == 422
    protected = {"kind": "duplicates", "protected": [str(photos / "nowhere")]}
    assert post(served, "/api/jobs", protected).status == 404


# The page


def at_duplicates(page: Any) -> None:
    page.goto(f"{page.url.split('#')[0]}#/duplicates")
    page.get_by_role("button", name="Find duplicates").click()
    page.get_by_role("article").wait_for(timeout=60_000)


def apply_on_page(page: Any, n: int) -> None:
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name=f"do it with {n} file").click()


@pytest.mark.browser
def test_pictures_with_copies_are_searched_for(page: Any, served: Served) -> None:
    page.goto(f"{page.url.split('#')[0]}#/search")
    page.get_by_label("With or without copies").select_option(label="Identical copies (2)")
    page.locator(".cell").nth(1).wait_for()
    page.wait_for_url("**copies=identical**")

    assert page.locator(".cell").count() == 2


@pytest.mark.browser
def test_the_trash_gives_back_one_file_and_is_emptied_after_a_question(
    page: Any, served: Served, photos: Path
) -> None:
    apply(served, clear(served, search(served), kinds=["identical"]))
    first = _paths(ask(served, "/api/trash").json)
    page.goto(f"{page.url.split('#')[0]}#/tidy")
    page.get_by_text("In the trash: 3 files").click()
    page.get_by_role("button", name=f"Bring back {first[0]}").click()
    page.get_by_text("In the trash: 2 files").wait_for()
    assert Path(first[0]).exists()
    page.get_by_role("button", name="Empty the trash").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert len(list((photos / ".pixkin-trash").rglob("*.jpg"))) == 2
    page.get_by_role("button", name="Empty the trash").click()
    page.get_by_role("button", name="Delete 2 files for good").click()
    page.get_by_text("2 files were deleted").wait_for()
    page.get_by_text("In the trash").wait_for(state="hidden")

    assert not (photos / ".pixkin-trash").exists()


@pytest.mark.browser
def test_groups_are_decided_with_one_key_each_cleared_and_brought_back(
    page: Any, photos: Path
) -> None:
    before = tree(photos)
    at_duplicates(page)
    page.keyboard.press("k")
    page.get_by_text("2 of 2").first.wait_for()
    page.keyboard.press("x")
    page.get_by_role("button", name="Same picture").click()
    page.get_by_text("small 2.jpg").first.wait_for()
    page.keyboard.press("2")
    page.get_by_text("2 files").first.wait_for()
    page.get_by_role("button", name="Make the plan").click()

    page.get_by_role("heading", name="Put 2 files").wait_for()
    assert tree(photos) == before
    apply_on_page(page, 2)
    page.get_by_role("heading", name="2 files are in the trash").wait_for()
    there = tree(photos)
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take 2 files back").click()
    page.get_by_text("taken back", exact=True).wait_for()

    gone = {path for path in before if path not in there}
    assert gone == {"picture 0 copy.jpg", "picture 2.jpg"}
    assert tree(photos) == before


@pytest.mark.browser
def test_two_pictures_flicker_and_show_where_they_differ(page: Any) -> None:
    at_duplicates(page)
    page.get_by_role("button", name="Edited").click()
    page.get_by_text(CROP).first.wait_for()
    other = page.locator(".over img").nth(1)

    page.keyboard.down("f")
    other.wait_for(state="visible")
    page.keyboard.up("f")
    other.wait_for(state="hidden")
    page.keyboard.press("d")
    other.wait_for(state="visible")
    assert page.title() == "Pixkin"
    assert other.evaluate("image => getComputedStyle(image).mixBlendMode") == "difference"


@pytest.mark.browser
def test_all_of_a_kind_go_with_one_button_but_what_stays(page: Any, photos: Path) -> None:
    page.goto(f"{page.url.split('#')[0]}#/duplicates")
    page.get_by_text("Folders in which nothing").click()
    page.get_by_label("Folder to protect").fill(str(photos / "safe"))
    page.get_by_role("button", name="Protect", exact=True).click()
    page.get_by_role("button", name="Find duplicates").click()
    page.get_by_text("Protected, never touched").wait_for(timeout=60_000)

    page.get_by_role("button", name="Accept all 2 proposals").click()
    page.get_by_text("2 files").first.wait_for()
    page.get_by_role("button", name="Stays too").first.click()
    page.get_by_role("toolbar").get_by_text("1 file,").wait_for()
