"""Searching a library by pictures, and choosing some of its pictures."""

import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import draw_folder
from helpers_grouping import blobs, unit
from hypothesis import given
from hypothesis import strategies as st

import pixkin
from pixkin.errors import NotGroupedError, PathError, SettingError
from pixkin.searching.far import far_out
from pixkin.searching.ranking import diverse, query_of, ranked
from pixkin.searching.sample import shares, spread, spread_in

N = 5
KINDS = 3
Floats = np.ndarray


@pytest.fixture(scope="session")
def searched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("searched") / "photos", N, KINDS)
    shutil.copy(folder / "balls/0.jpg", folder / "copy.jpg")
    pixkin.cluster(folder, layout="pca")
    return folder


@pytest.fixture
def photos(tmp_path: Path, searched_once: Path) -> Path:
    return Path(shutil.copytree(searched_once, tmp_path / "photos"))


@pytest.fixture
def library(photos: Path):
    with pixkin.open(photos) as opened:
        yield opened


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Give a folder of pictures of the same kinds that the library does not have."""
    more = draw_folder(tmp_path / "more", N + 2, KINDS)
    for kind in more.iterdir():
        for i in range(N):
            next(kind.glob(f"{i}.*")).unlink()
    return more


def kinds(found) -> list[str]:
    return [one.image.files[0].parent.name for one in found]


def hashes(found) -> list[str]:
    return [one.image.sha256 for one in found]


# Search


def test_a_picture_of_the_library_is_found_with_all_its_files_and_then_its_kin(
    library, photos: Path
) -> None:
    found = library.search(photos / "copy.jpg", n=N)

    assert set(found[0].image.files) == {photos / "balls/0.jpg", photos / "copy.jpg"}
    assert (found[0].score, found[0].is_given) == (1.0, True)
    assert not any(one.is_given for one in found[1:])
    assert kinds(found[1:]) == ["balls"] * (N - 1)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.image.cluster_id for one in found} == {library.images[0].cluster_id}


@pytest.mark.parametrize("kind", ["balls", "sunsets", "grass"])
def test_a_picture_outside_the_library_finds_its_kin(library, outside: Path, kind: str) -> None:
    before = library.images
    found = library.search(outside / kind / "6.jpg", n=N)

    assert kinds(found) == [kind] * N
    assert not any(one.is_given for one in found)
    assert library.images == before  # looked at, and not taken in


def test_a_copy_elsewhere_is_known_by_its_bytes(library, photos: Path, tmp_path: Path) -> None:
    copy = shutil.copy(photos / "grass/1.png", tmp_path / "other name")
    found = library.search(copy, n=1)

    assert found[0].image.files == (photos / "grass/1.png",)
    assert found[0].is_given


def test_every_picture_is_one_result_and_there_are_no_more_than_asked(
    library, photos: Path
) -> None:
    every = library.search(photos / "grass/0.jpg", n=1000)

    assert len(set(hashes(every))) == len(every) == N * KINDS
    for n in (1, 4, N * KINDS):
        assert library.search(photos / "grass/0.jpg", n=n) == every[:n]


def test_like_these_and_not_like_those(library, photos: Path) -> None:
    both = [photos / "grass/0.jpg", photos / "balls/1.png"]
    found = library.search(both, unlike=photos / "sunsets/0.jpg", n=100)
    names = kinds(found)

    assert set(names[: 2 * N - 2]) <= {"grass", "balls", "photos"}
    assert names[-(N - 1) :] == ["sunsets"] * (N - 1)
    disliked = next(i for i in library.images if i.files[0] == photos / "sunsets/0.jpg")
    assert disliked.sha256 not in hashes(found)
    assert len(found) == N * KINDS - 1


def test_one_per_group_gives_the_best_of_each(library, photos: Path) -> None:
    found = library.search(photos / "grass/0.jpg", n=10, one_per_group=True)
    every = library.search(photos / "grass/0.jpg", n=100)

    assert len(found) == KINDS
    assert len({one.image.cluster_id for one in found}) == KINDS
    for one in found:
        group = [other for other in every if other.image.cluster_id == one.image.cluster_id]
        assert group[0] == one


def test_pictures_that_are_in_no_group_all_count_under_one_per_group(library, photos: Path) -> None:
    library.edit.not_here([photos / "grass/0.jpg", photos / "grass/2.jpg"])
    found = library.search(photos / "grass/0.jpg", n=10, one_per_group=True)

    assert len(found) == KINDS + 2


def test_what_came_after_the_grouping_is_found_too(library, photos: Path, outside: Path) -> None:
    library.search(photos / "grass/0.jpg")  # what is kept by now must not stay
    shutil.copy(outside / "grass/6.jpg", photos / "new.jpg")
    pixkin.update(photos)
    found = library.search(photos / "new.jpg", n=2)

    assert found[0].image.files == (photos / "new.jpg",)
    assert found[0].score == 1.0
    assert kinds(found[1:]) == ["grass"]


def test_corrections_are_seen_at_once_and_gone_files_are_left_out(library, photos: Path) -> None:
    first = library.search(photos / "grass/0.jpg", n=N)
    a, b, _ = library.clusters
    library.edit.merge(a.cluster_id, b.cluster_id)
    (photos / "grass/1.png").unlink()
    pixkin.update(photos)
    second = library.search(photos / "grass/0.jpg", n=100)

    assert len(second) == N * KINDS - 1
    assert len({one.image.cluster_id for one in second}) == 2
    assert photos / "grass/1.png" in {one.image.files[0] for one in first}
    gone = library.search(photos / "grass/1.png", n=1)
    assert gone[0].image.files[0] != photos / "grass/1.png"  # its vector is still known
    assert not gone[0].is_given


# Recommend


def test_recommended_are_others_and_with_no_diversity_the_most_similar(
    library, photos: Path
) -> None:
    liked = photos / "grass/0.jpg"
    found = library.recommend(liked, photos / "balls/1.png", n=100, diverse=0)
    every = library.search(liked, unlike=photos / "balls/1.png", n=100)

    assert found == [one for one in every if not one.is_given]


def test_the_more_diverse_the_less_alike(library, photos: Path) -> None:
    similar = library.recommend(photos / "grass/0.jpg", n=4, diverse=0)
    varied = library.recommend(photos / "grass/0.jpg", n=4, diverse=1)

    assert set(kinds(similar)) == {"grass"}
    assert len(set(kinds(varied))) == KINDS
    assert varied[0] == similar[0]
    assert len(set(hashes(varied))) == 4


# Sample and outliers


def test_a_sample_has_pictures_of_each_group_and_each_once(library, photos: Path) -> None:
    sample = library.sample(2 * KINDS)
    groups = [image.cluster_id for image in sample]

    assert len({image.sha256 for image in sample}) == 2 * KINDS
    assert {groups.count(group) for group in groups} == {2}
    assert len(library.sample()) == N * KINDS
    a = library.clusters[0].cluster_id
    library.edit.hide(a)
    assert a not in {image.cluster_id for image in library.sample()}


def test_a_picture_that_was_put_into_the_wrong_group_is_an_outlier(library, photos: Path) -> None:
    image = library.edit.find_image(photos / "balls/1.png")
    grass = library.search(photos / "grass/0.jpg", n=1)[0].image.cluster_id
    library.edit.move_images([image], grass)
    found = library.outliers()[0]

    assert found.image.files == (photos / "balls/1.png",)
    assert found.typicality < found.usual


# What cannot be


def test_a_picture_that_cannot_be_decoded_says_why(library, photos: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jpg"
    cut.write_bytes((photos / "grass/0.jpg").read_bytes()[:700])
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    empty = tmp_path / "empty.jpg"
    empty.touch()
    for path, why in ((cut, "cannot be read as a picture"), (text, "no picture"), (empty, "empty")):
        with pytest.raises(PathError, match=why):
            library.search(path)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere.jpg", "does not exist"),
        ("photos/grass", "is a folder; name pictures"),
        ("", '"": is empty'),
        ("nul\0.jpg", "cannot be read"),
    ],
)
def test_a_path_that_is_no_picture_is_refused(
    library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PathError, match=why):
        library.search(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(library, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PathError, match="is no file"):
        library.search(tmp_path / "pipe.jpg")


def test_settings_out_of_their_range_are_refused(library, photos: Path) -> None:
    one = photos / "grass/0.jpg"
    for call in (
        lambda: library.search([]),
        lambda: library.search(one, n=0),
        lambda: library.search(one, n=2.5),
        lambda: library.recommend([]),
        lambda: library.recommend(one, diverse=1.1),
        lambda: library.recommend(one, diverse=float("nan")),
        lambda: library.sample(-1),
    ):
        with pytest.raises(SettingError, match="must be"):
            call()
    with pytest.raises(PathError, match="both the liked and the disliked"):
        library.search(photos / "copy.jpg", unlike=photos / "balls/0.jpg")


def test_without_groups_that_is_said_with_what_to_do(library, photos: Path) -> None:
    library.edit.undo()
    for ask in (lambda: library.search(photos / "grass/0.jpg"), library.sample, library.outliers):
        with pytest.raises(NotGroupedError, match="has no groups yet"):
            ask()


def test_without_its_cache_that_is_said_and_a_run_makes_it_again(library, photos: Path) -> None:
    shutil.rmtree(photos / ".pixkin/cache/clusterings")
    with pytest.raises(NotGroupedError, match="Run `pixkin cluster`"):
        library.search(photos / "grass/0.jpg")
    pixkin.cluster(photos, layout="pca")

    assert kinds(library.search(photos / "grass/0.jpg", n=N)) == ["grass"] * N


def test_own_vectors_are_searched_but_none_can_be_made_of_other_pictures(
    library, photos: Path, outside: Path
) -> None:
    paths = [image.files[0] for image in library.images]
    vectors = np.array([[i // 5, i % 5 + 1, 1] for i in range(len(paths))], dtype=np.float32)
    library.search(paths[0])
    library.import_vectors("mine", paths, vectors)
    pixkin.cluster(photos, encoder="own:mine", layout="pca")
    found = library.search(paths[3], n=100)

    assert (found[0].image.files[0], found[0].score) == (paths[3], 1.0)
    assert len(found) == len(paths)
    with pytest.raises(PathError, match="has no vector in 'mine'; bring it with"):
        library.search(outside / "grass/6.jpg")
    library.import_vectors("mine", paths, vectors[::-1], replace=True)
    with pytest.raises(NotGroupedError, match="Run `pixkin cluster`"):
        library.search(paths[3])


# Threads


def test_threads_may_search_at_once_while_another_corrects(library, photos: Path) -> None:
    pictures = [photos / f"{kind}/0.jpg" for kind in ("balls", "sunsets", "grass")]
    expected = {path: hashes(library.search(path)) for path in pictures}
    library.close()
    troubles: list[object] = []

    def look(path: Path) -> None:
        try:
            found = [hashes(library.search(path)) for _ in range(10)]
            troubles.extend(one for one in found if one != expected[path])
        except BaseException as error:  # noqa: BLE001 - told in the other thread
            troubles.append(error)

    threads = [threading.Thread(target=look, args=(path,)) for path in pictures]
    for thread in threads:
        thread.start()
    for i in range(10):
        library.edit.rename(library.clusters[0].cluster_id, f"Name {i}")
    for thread in threads:
        thread.join(60)

    assert troubles == []


# Ranking, by itself

rows = st.integers(1, 60).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, 2**32 - 1), st.integers(2, 9))
)


def directions(n: int, seed: int, width: int) -> Floats:
    """Give directions, some of them equal."""
    rng = np.random.default_rng(seed)
    return unit(rng.normal(size=(n, width)))[rng.integers(0, n, n)]


@given(rows)
def test_every_row_comes_once_by_its_score_and_of_equals_the_first_is_first(
    shape: tuple[int, int, int],
) -> None:
    X = directions(*shape)
    liked, disliked = X[:1], X[-1:] if len(X) > 1 else X[:0]
    query = query_of(liked, disliked)
    found = list(ranked(X, query))
    order = [row for row, _ in found]
    scores = (X * query).sum(axis=1)

    assert order == sorted(range(len(X)), key=lambda row: (-scores[row], row))
    assert [score for _, score in found] == [scores[row] for row in order]


@given(rows)
def test_copies_of_what_is_liked_come_first(shape: tuple[int, int, int]) -> None:
    X = directions(*shape)
    n_copies = int((X[0] == X).all(axis=1).sum())
    first = [row for row, _ in ranked(X, query_of(X[:1], X[:0]))][:n_copies]

    assert all((X[row] == X[0]).all() for row in first)


@given(rows)
def test_what_is_disliked_is_never_above_what_is_liked(shape: tuple[int, int, int]) -> None:
    X = directions(*shape)
    order = [row for row, _ in ranked(X, query_of(X[:1], X[-1:]))]

    assert order.index(0) <= order.index(len(X) - 1)


@pytest.mark.parametrize("n", [300, 40_000])
def test_the_ranking_is_the_same_for_one_thread_and_four(n: int) -> None:
    X = directions(n, 5, 24)
    query = query_of(X[:3], X[5:7])
    one, four = (list(ranked(X, query, n_threads)) for n_threads in (1, 4))

    assert one == four
    assert len({row for row, _ in one}) == n


@given(rows, st.integers(1, 70), st.sampled_from([0.0, 0.3, 1.0]))
def test_diverse_results_are_each_chosen_once_and_the_best_comes_first(
    shape: tuple[int, int, int], n: int, share: float
) -> None:
    X = directions(*shape)
    pairs = list(ranked(X, query_of(X[:1], X[:0])))
    chosen = diverse(X, [row for row, _ in pairs], [score for _, score in pairs], n, share)

    assert len(chosen) == len(set(chosen)) == min(n, len(X))
    assert chosen[0] == 0
    if share == 0:
        assert chosen == list(range(len(chosen)))


# Samples, by themselves

sizes = st.lists(st.integers(1, 50), min_size=1, max_size=12)


@given(sizes, st.integers(1, 300), st.booleans())
def test_shares_add_up_and_no_group_gives_more_than_it_has(
    groups: list[int], n: int, balanced: bool
) -> None:
    taken = shares(groups, n, balanced=balanced)

    assert sum(taken) == min(n, sum(groups))
    assert all(0 <= share <= size for share, size in zip(taken, groups, strict=True))


@given(sizes, st.integers(1, 300))
def test_proportional_shares_are_within_one_of_the_exact_ones(groups: list[int], n: int) -> None:
    exact = [size * min(n, sum(groups)) / sum(groups) for size in groups]

    assert all(abs(a - b) < 1 for a, b in zip(shares(groups, n), exact, strict=True))


@given(sizes, st.integers(1, 300))
def test_balanced_shares_differ_by_one_unless_a_group_is_used_up(groups: list[int], n: int) -> None:
    taken = shares(groups, n, balanced=True)
    left = [share for share, size in zip(taken, groups, strict=True) if share < size]

    assert not left or max(taken) - min(left) <= 1


@given(rows, st.integers(1, 8))
def test_no_other_choice_leaves_the_farthest_less_than_half_as_far(
    shape: tuple[int, int, int], n: int
) -> None:
    X = directions(*shape)
    chosen = spread(X, n)
    apart = np.sqrt(np.maximum(2 - 2 * (X @ X.T).astype(np.float64), 0))

    assert len(chosen) == len(set(chosen)) == min(n, len(X))
    # Of n + 1 points that are at least r apart two share a centre: r / 2 away from one of them.
    farthest = apart[:, chosen].min(axis=1).max()
    among = apart[np.ix_(chosen, chosen)][~np.eye(len(chosen), dtype=bool)]
    assert not among.size or among.min() >= farthest - 1e-3


def test_a_sample_begins_with_the_most_typical_and_is_the_same_for_any_number_of_threads() -> None:
    X, truth = blobs([40, 30, 20])
    groups = [np.flatnonzero(truth == label) for label in range(3)]
    one, four = (spread_in(X, groups, [5, 4, 3], n_threads) for n_threads in (1, 4))

    assert one == four
    assert [len(chosen) for chosen in one] == [5, 4, 3]
    middle = X[:40].mean(axis=0)
    assert one[0][0] == int((X[:40] @ middle).argmax())


def test_what_is_far_from_its_group_is_found_the_farthest_first() -> None:
    X, truth = blobs([40, 40], spread=0.05)
    X[3], X[50] = X[60], unit(X[50:51] + 2 * X[:1])[0]
    found = far_out(X, truth)

    assert [row for row, _, _ in found][:2] == [3, 50]
    assert all(typical < usual for _, typical, usual in found)
