"""Corrections through the server."""

from pathlib import Path
from typing import Any

import pixkin
from pixkin.web.serve import Served
from web.asking import ask, post


def groups_of(served: Served) -> Any:
    return ask(served, "/api/groups").json


def test_the_groups_are_those_of_the_library(served: Served, library: pixkin.Library) -> None:
    told = groups_of(served)

    assert [group["id"] for group in told["groups"]] == [c.cluster_id for c in library.clusters]
    assert [group["images"] for group in told["groups"]] == [c.images for c in library.clusters]
    assert all(1 <= len(group["cover"]) <= 6 for group in told["groups"])


def test_the_pictures_of_a_group_come_most_typical_first(
    served: Served, library: pixkin.Library
) -> None:
    group = library.clusters[0]

    told = ask(served, f"/api/groups/{group.cluster_id}/images").json

    assert len(told["keys"]) == len(told["ratios"]) == group.images
    assert set(told["keys"]) == {
        image.sha256[:16] for image in library.images if image.cluster_id == group.cluster_id
    }
    assert all(abs(ratio - 96 / 72) < 0.01 for ratio in told["ratios"])


def test_a_thumbnail_is_kept_for_ever(served: Served) -> None:
    key = groups_of(served)["groups"][0]["cover"][0]

    answer = ask(served, f"/thumbs/{key}")

    assert answer.status == 200
    assert answer.body.startswith(b"\xff\xd8")
    assert "immutable" in answer.headers["cache-control"]


def test_a_name_is_kept_and_can_be_taken_back(served: Served, library: pixkin.Library) -> None:
    told = groups_of(served)
    asked = {"action": "rename", "group": told["groups"][0]["id"], "name": "Balls"}

    done = post(served, "/api/edits", {**asked, "entry": told["entry"]}).json
    named = library.clusters[0].name
    post(served, "/api/undo", {"entry": done["entry"]})

    assert named == "Balls"
    assert library.clusters[0].name == ""


def test_moved_pictures_are_in_the_other_group(served: Served, library: pixkin.Library) -> None:
    told = groups_of(served)
    here, there = (group["id"] for group in told["groups"][:2])
    keys = ask(served, f"/api/groups/{here}/images").json["keys"][:2]

    asked = {"action": "move", "group": there, "images": keys, "entry": told["entry"]}
    assert post(served, "/api/edits", asked).status == 200

    moved = {i.sha256[:16] for i in library.images if i.cluster_id == there}
    assert set(keys) <= moved


def test_an_edit_on_an_outdated_view_does_nothing(served: Served, library: pixkin.Library) -> None:
    told = groups_of(served)
    first, second = (group["id"] for group in told["groups"][:2])
    library.edit.merge(first, second)  # in another window

    asked = {"action": "rename", "group": first, "name": "Mine", "entry": told["entry"]}
    answer = post(served, "/api/edits", asked)

    assert answer.status == 409
    assert answer.json["error"] == "outdated"
    assert "merged" in answer.json["message"]
    assert library.cluster(first).group.name == ""


def test_an_edit_of_another_group_does_not_make_a_view_outdated(
    served: Served, library: pixkin.Library
) -> None:
    told = groups_of(served)
    first, second = (group["id"] for group in told["groups"][:2])
    library.edit.rename(second, "Theirs")

    asked = {"action": "rename", "group": first, "name": "Mine", "entry": told["entry"]}

    assert post(served, "/api/edits", asked).status == 200


def test_undo_takes_back_only_what_was_seen(served: Served, library: pixkin.Library) -> None:
    told = groups_of(served)
    library.edit.rename(told["groups"][0]["id"], "Theirs")

    answer = post(served, "/api/undo", {"entry": told["entry"]})

    assert answer.status == 409
    assert library.clusters[0].name == "Theirs"


def test_what_is_wrong_with_a_request_is_said(served: Served) -> None:
    answer = post(served, "/api/edits", {"action": "explode", "entry": 1})
    unknown = post(served, "/api/edits", {"action": "pin", "group": "nobody", "entry": 1})

    assert answer.status == 422
    assert "action" in answer.json["message"]
    assert unknown.status == 404
    assert "nobody" in unknown.json["message"]


def test_history_tells_what_counts(served: Served, library: pixkin.Library) -> None:
    group = library.clusters[0].cluster_id
    library.edit.rename(group, "One")
    library.edit.rename(group, "Two")
    library.edit.undo()

    told = ask(served, "/api/history").json

    by_words = {one["what"]: one["state"] for one in told["entries"]}
    assert by_words["named a group 'One'"] == "done"
    assert by_words["named a group 'Two'"] == "undone"
    assert told["n_undone"] == 1


def test_files_that_were_skipped_are_listed(tmp_path: Path, served: Served) -> None:
    assert ask(served, "/api/skipped").json["n"] == 0


def test_a_level_that_is_looked_at_can_be_kept(served: Served, library: pixkin.Library) -> None:
    before = len(library.clusters)

    done = post(served, "/api/level", {"n_clusters": 2})

    assert done.status == 200
    assert len(library.clusters) == 2
    post(served, "/api/undo", {"entry": done.json["entry"]})
    assert len(library.clusters) == before


def test_a_level_that_cannot_be_is_refused(served: Served, library: pixkin.Library) -> None:
    answer = post(served, "/api/level", {"n_clusters": 1000})

    assert answer.status == 400
    assert "There may be 2 to" in answer.json["message"]
