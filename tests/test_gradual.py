"""Groups while pictures are still being read."""

from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin import gradual
from pixkin.follow import PART
from pixkin.library.store import Library
from pixkin.progress import Step
from pixkin.scan import sources_for
from pixkin.settings import Settings


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give 144 pictures, of which 4 are grouped first, then 24, then all."""
    monkeypatch.setattr(gradual, "FEWEST", 4)
    return draw_folder(tmp_path / "photos", n_per_kind=36)


def groups_in(library: Library) -> list[frozenset[int]]:
    state = library.edit.state()
    return sorted((frozenset(state.members[c]) for c in state.groups), key=min)


def test_the_groups_at_the_end_are_those_of_a_single_run(photos: Path, tmp_path: Path) -> None:
    sources = sources_for([str(photos)])
    once = pixkin.cluster(photos, library=tmp_path / "once")
    seen: list[int] = []
    with Library(tmp_path / "gradual") as library:

        def look(_: Step) -> None:
            seen.append(len(library.edit.state().cluster_of))

        result = gradual.cluster_gradually(library, sources, Settings(), look)

        assert {0, 4, 24} <= set(seen)
        assert len(library.edit.state().cluster_of) == 144
    assert result.labels_.tolist() == once.labels_.tolist()
    assert result.is_kept


def test_what_is_done_meanwhile_stays(photos: Path, tmp_path: Path) -> None:
    named: list[str] = []
    with Library(tmp_path / "library") as library:

        def look(_: Step) -> None:
            groups = library.edit.groups().groups
            if groups and not named:
                named.append(library.edit.rename(groups[0].cluster_id, "Mine"))

        gradual.cluster_gradually(library, sources_for([str(photos)]), Settings(), look)

        (group,) = (g for g in library.edit.groups().groups if g.name == "Mine")
        assert group.cluster_id == named[0]
        assert group.images > 10


def test_an_update_goes_on_where_the_reading_was_stopped(photos: Path) -> None:
    class StopError(Exception):
        pass

    place = photos / ".pixkin"

    def stop(step: Step) -> None:
        with Library(place) as library:
            if len(library.edit.state().cluster_of) == 24:
                raise StopError

    with Library(place) as library, pytest.raises(StopError):
        gradual.cluster_gradually(library, sources_for([str(photos)]), Settings(), stop)
    with Library(place) as library:
        assert library.edit.state().settings[PART]

    done = pixkin.update(photos)

    assert done.regrouped
    with pixkin.open(photos) as library:
        assert sum(group.images for group in library.clusters) == 144
    assert pixkin.update(photos).regrouped is False


def test_a_part_without_pictures_does_not_end_it(photos: Path, tmp_path: Path) -> None:
    for i in range(0, 144, 6):
        sorted(p for p in photos.rglob("*.*") if p.is_file())[i].write_text("no picture")

    with Library(tmp_path / "library") as library:
        result = gradual.cluster_gradually(library, sources_for([str(photos)]), Settings())

    assert len(result.files) == 120
