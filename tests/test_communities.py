"""The graph, its communities, the evidence for them, and the tree that they are cut from."""

import contextlib
import weakref
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from helpers_grouping import Ints, blobs, partition
from hypothesis import given
from hypothesis import strategies as st

from pixkin.communities import Graph, Tree, grow, hinted
from pixkin.communities import tree as tree_module
from pixkin.communities.evidence import bits, bits_of_edges, bits_of_walk
from pixkin.communities.leiden import Leiden, _modularity
from pixkin.lasting.match import match
from pixkin.neighbors import n_neighbors_of, nearest
from pixkin.records import Hints, Neighbors


def neighbor_graph(n: int, k: int, seed: int = 3) -> Graph:
    X = np.random.default_rng(seed).normal(size=(n, 6)).astype(np.float32)
    return Graph.of([nearest(X, k)])


def drawn(graph: Graph):
    import networkx as nx

    theirs = nx.Graph()
    theirs.add_nodes_from(range(graph.n))
    theirs.add_weighted_edges_from(zip(*graph.ends.tolist(), graph.weights.tolist(), strict=True))
    return theirs


def counting(asked: list[int]) -> type[Leiden]:
    """Make a `Leiden` that notes of how many points each graph is that it looks at."""

    class Counted(Leiden):
        def communities(self, resolution: float) -> Ints:
            asked.append(self.graph.n)
            return super().communities(resolution)

        def partitions(self, resolutions: Iterable[float], n_threads: int = 0) -> Generator[Ints]:
            for labels in super().partitions(resolutions, n_threads):
                asked.append(self.graph.n)
                yield labels

    return Counted


# The graph


def test_an_edge_weighs_two_where_both_ends_chose_it() -> None:
    X = np.array([[0], [1], [3]], dtype=np.float32)

    graph = Graph.of([nearest(X, 1)])

    assert graph.ends.tolist() == [[0, 1], [1, 2]]
    assert graph.weights.tolist() == [2, 1]
    assert graph.degrees().tolist() == [2, 3, 1]


def test_an_edge_weighs_more_where_it_is_seen_in_several_views() -> None:
    one, other = (np.array(x, dtype=np.float32)[:, None] for x in ([0, 1, 3], [0, 9, 1]))

    graph = Graph.of([nearest(one, 1), nearest(other, 1)])

    edges = dict(zip(map(tuple, graph.ends.T.tolist()), graph.weights.tolist(), strict=True))
    assert edges == {(0, 1): 2, (1, 2): 2, (0, 2): 2}


def test_a_neighbour_that_was_not_found_joins_nothing() -> None:
    indices = np.array([[1, 2], [0, -1], [-1, -1]], dtype=np.int32)

    graph = Graph.of([Neighbors(indices, np.zeros((3, 2), dtype=np.float32))])

    assert graph.ends.tolist() == [[0, 0], [1, 2]]
    assert graph.weights.tolist() == [2, 1]


def test_each_view_is_let_go_of_before_the_next_is_asked_for() -> None:
    seen: list[weakref.ref[np.ndarray]] = []

    def views() -> Iterator[Neighbors]:
        for _ in range(3):
            assert [one() for one in seen] == [None] * len(seen)
            indices = np.array([[1], [0]], dtype=np.int32)
            seen.append(weakref.ref(indices))
            yield Neighbors(indices, np.zeros((2, 1), dtype=np.float32))
            del indices

    assert Graph.of(views()).weights.tolist() == [6]


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 99))
def test_the_parts_hold_the_edges_that_do_not_cross(n: int, k: int, seed: int) -> None:
    graph = neighbor_graph(n, 5, seed)
    labels = np.unique(np.random.default_rng(seed).integers(0, k, n), return_inverse=True)[1]

    found = {
        (int(rows[a]), int(rows[b])): weight
        for rows, part in graph.parts(labels)
        for a, b, weight in zip(*part.ends.tolist(), part.weights.tolist(), strict=True)
    }
    expected = {
        (a, b): weight
        for a, b, weight in zip(*graph.ends.tolist(), graph.weights.tolist(), strict=True)
        if labels[a] == labels[b]
    }

    assert found == expected
    assert all((labels[rows] == i).all() for i, (rows, _) in enumerate(graph.parts(labels)))


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 99))
def test_groups_drawn_as_points_keep_what_joins_them(n: int, k: int, seed: int) -> None:
    graph = neighbor_graph(n, 5, seed)
    labels = np.unique(np.random.default_rng(seed).integers(0, k, n), return_inverse=True)[1]
    expected: dict[tuple[int, int], int] = {}
    for a, b, weight in zip(*graph.ends.tolist(), graph.weights.tolist(), strict=True):
        pair = tuple(sorted((int(labels[a]), int(labels[b]))))
        expected[pair] = expected.get(pair, 0) + weight

    merged = graph.merged(labels)

    edges = dict(zip(map(tuple, merged.ends.T.tolist()), merged.weights.tolist(), strict=True))
    assert merged.n == labels.max() + 1
    assert edges == expected


@given(st.integers(20, 60), st.integers(0, 30))
def test_groups_of_small_groups_have_the_modularity_of_their_points(n: int, seed: int) -> None:
    graph = neighbor_graph(n, 4, seed)
    small = Leiden(graph, 0, 1).communities(6.0)
    merged = graph.merged(small)
    coarse = Leiden(merged, 0, 1).communities(1.0)

    of_points = _modularity(graph, graph.degrees(), coarse[small], 1.0)

    assert _modularity(merged, merged.degrees(), coarse, 1.0) == pytest.approx(of_points)
    assert coarse.max() <= small.max()


@pytest.mark.parametrize(
    ("n", "k"), [(1, 1), (5, 1), (21, 4), (182, 8), (400, 8), (1600, 16), (10**6, 20)]
)
def test_more_points_get_more_neighbours_up_to_a_bound(n: int, k: int) -> None:
    assert n_neighbors_of(n, 8) == k


# Communities


def test_of_several_runs_the_one_of_highest_modularity_is_taken() -> None:
    graph = neighbor_graph(150, 8)
    best, first = (
        _modularity(graph, graph.degrees(), Leiden(graph, 0, n_runs).communities(2.0), 2.0)
        for n_runs in (10, 1)
    )

    assert best > first


def test_modularity_is_what_networkx_computes() -> None:
    import networkx as nx

    X, truth = blobs([20, 30, 10])
    graph = Graph.of([nearest(X, 4)])

    expected = nx.community.modularity(drawn(graph), partition(truth), resolution=1.5)

    assert _modularity(graph, graph.degrees(), truth, 1.5) == pytest.approx(expected)


@pytest.mark.parametrize("n_runs", [1, 3])
@pytest.mark.parametrize("n_threads", [1, 2, 7])
def test_many_resolutions_give_what_one_gives_with_any_number_of_threads(
    n_runs: int, n_threads: int
) -> None:
    X, _ = blobs([30] * 10)
    leiden = Leiden(Graph.of([nearest(X, 8)]), 0, n_runs)
    resolutions = [0.7, 1.0, 2.0, 3.0, 5.0]

    found = list(leiden.partitions(resolutions, n_threads))

    for labels, resolution in zip(found, resolutions, strict=True):
        assert labels.tolist() == leiden.communities(resolution).tolist()


def test_whoever_stops_early_waits_for_no_further_resolution() -> None:
    X, _ = blobs([30] * 10)
    leiden = Leiden(Graph.of([nearest(X, 8)]), 0, 1)
    asked = []

    def endless() -> Iterator[float]:
        while True:
            asked.append(1.0)
            yield 1.0

    with contextlib.closing(leiden.partitions(endless(), 2)) as partitions:
        next(partitions)

    assert len(asked) == 3  # the one given, and two ahead


def test_without_edges_each_point_is_alone() -> None:
    graph = Graph(3, np.empty((2, 0), dtype=np.int64), np.empty(0))

    assert Leiden(graph, 0, 2).communities(1.0).tolist() == [0, 1, 2]
    assert grow(graph, 0).cut(1).tolist() == [0, 0, 0]


LATTICE = """
import faulthandler
faulthandler.dump_traceback_later(60, exit=True)
import numpy as np
from pixkin.communities import Graph
from pixkin.communities.leiden import _Drawn
from pixkin.neighbors import nearest

for seed in range(120):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(10, 120)), int(rng.integers(2, 9))
    X = rng.integers(0, 3, size=(n, 3)) if seed % 2 else np.zeros((n, 3))
    graph = Graph.of([nearest(X.astype(np.float32), k)])
    for gamma in (1.0613772272892619, *np.exp(rng.uniform(-3.4, 4.8, 9))):
        _Drawn(graph, rng.permutation(n)).communities(float(gamma))
"""


def test_leiden_ends_where_moves_gain_nothing(
    run_script: Callable[..., CompletedProcess[str]],
) -> None:
    assert run_script(LATTICE).returncode == 0


# Evidence


def test_the_walk_of_two_triangles_takes_the_bits_of_the_map_equation() -> None:
    # Two triangles with one edge between: 7 edges, each walker's step leaves one with 1 / 14.
    ends = np.array([[0, 0, 1, 3, 3, 4, 2], [1, 2, 2, 4, 5, 5, 3]])
    graph = Graph(6, ends, np.ones(7))
    labels = np.array([0, 0, 0, 1, 1, 1])

    def entropy(*counts: float) -> float:
        shares = np.array(counts) / sum(counts)
        return float(-(shares * np.log2(shares)).sum())

    # Rosvall & Bergstrom (2008), eq. 1: between the two, and inside each, which includes leaving.
    expected = 2 / 14 * entropy(1, 1) + 2 * (7 + 1) / 14 * entropy(1, 2, 2, 3)

    assert bits_of_walk(graph, labels) == pytest.approx(expected)


def test_one_group_for_all_takes_the_entropy_of_the_walk() -> None:
    graph = neighbor_graph(60, 5)
    visits = graph.degrees() / graph.degrees().sum()

    assert bits_of_walk(graph, np.zeros(60, dtype=np.int64)) == pytest.approx(
        -(visits * np.log2(visits)).sum()
    )


@given(st.integers(0, 50))
def test_bits_do_not_depend_on_the_numbers_of_the_groups(seed: int) -> None:
    graph = neighbor_graph(50, 5)
    rng = np.random.default_rng(seed)
    labels = np.unique(rng.integers(0, 4, 50), return_inverse=True)[1]
    renamed = rng.permutation(labels.max() + 1)[labels]

    assert bits(graph, renamed) == pytest.approx(bits(graph, labels))


@pytest.mark.parametrize("measure", [bits_of_walk, bits_of_edges, bits])
def test_planted_groups_take_fewer_bits_than_others(measure: Callable[..., float]) -> None:
    X, truth = blobs([40] * 6, spread=0.15)
    graph = Graph.of([nearest(X, 8)])
    rng = np.random.default_rng(0)
    halved = truth * 2 + rng.integers(0, 2, len(truth))

    planted = measure(graph, truth)

    assert planted < measure(graph, np.zeros_like(truth))
    assert planted < measure(graph, truth // 2)
    assert planted < measure(graph, halved)
    assert planted < measure(graph, rng.permutation(truth))


# The tree


@given(st.integers(1, 60), st.integers(0, 30))
def test_each_group_lies_in_one_of_each_coarser_level(n: int, seed: int) -> None:
    tree = grow(neighbor_graph(n, 4, seed), 0)
    before = np.zeros(n, dtype=np.int64)
    for k in range(1, tree.n_leaves + 1):
        labels = tree.cut(k)

        assert sorted(set(labels.tolist())) == list(range(k))
        assert len(np.unique(np.stack([labels, before]), axis=1).T) == k
        before = labels


def test_clear_groups_are_the_level_of_most_evidence() -> None:
    X, truth = blobs([30, 40, 50, 35, 45])
    tree = grow(Graph.of([nearest(X, 8)]), 0)

    assert tree.best == 5
    assert partition(tree.cut(5)) == partition(truth)


def test_in_a_large_graph_fewer_resolutions_find_clear_groups_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tree_module, "LARGE", 100)
    X, truth = blobs([30, 40, 50, 35, 45])
    tree = grow(Graph.of([nearest(X, 8)]), 0)

    assert partition(tree.cut(tree.best)) == partition(truth)


def test_in_a_very_large_graph_a_sketch_leads_to_the_same_level(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X, truth = blobs([130, 140, 150, 135, 145])
    graph = Graph.of([nearest(X, 8)])
    asked: list[int] = []
    monkeypatch.setattr(tree_module, "Leiden", counting(asked))
    whole = grow(graph, 0)
    n_without = asked.count(graph.n)
    asked.clear()
    monkeypatch.setattr(tree_module, "SKETCHED_ABOVE", 100)
    monkeypatch.setattr(tree_module, "SKETCH_RESOLUTION", 0.05)
    tree = grow(graph, 0)

    assert partition(tree.cut(tree.best)) == partition(truth)
    assert tree.best == whole.best
    assert asked.count(graph.n) < n_without  # the whole graph is looked at less often


def test_no_resolution_beside_what_is_found_has_more_evidence() -> None:
    graph = neighbor_graph(300, 6)
    resolutions = [tree_module.COARSEST * tree_module.STEP**step for step in range(20)]
    leiden = Leiden(graph, 0, 1)
    lengths = [bits(graph, leiden.communities(resolution)) for resolution in resolutions]

    found = {
        start: bits(graph, tree_module._climb(graph, leiden, resolutions, start))
        for start in range(20)
    }

    for length in found.values():
        step = lengths.index(length)
        assert length == min(lengths[max(0, step - 1) : step + 2])
    assert all(found[start] <= lengths[start] for start in found)
    assert found[int(np.argmin(lengths))] == min(lengths)


def test_of_groups_in_groups_both_levels_are_found() -> None:
    rng = np.random.default_rng(0)
    coarse = np.repeat(np.eye(3, 24), 4, axis=0)
    fine = coarse + 0.45 * np.eye(12, 24, 12)
    X = np.repeat(fine, 30, axis=0) + rng.normal(scale=0.09, size=(360, 24))
    tree = grow(Graph.of([nearest(X.astype(np.float32), 8)]), 0)

    assert partition(tree.cut(12)) == partition(np.repeat(np.arange(12), 30))
    assert partition(tree.cut(3)) == partition(np.repeat(np.arange(3), 120))


def test_more_than_the_leaves_gives_the_leaves() -> None:
    tree = Tree(np.array([0, 1, 1, 2]), np.array([[0, 1], [0, 2]]), 2)

    assert tree.cut(1).tolist() == [0, 0, 0, 0]
    assert partition(tree.cut(2)) == {frozenset({0, 1, 2}), frozenset({3})}
    assert tree.cut(9).tolist() == [0, 1, 1, 2]


# Leaning towards groups that there were


def weights_of(graph: Graph) -> dict[tuple[int, int], int]:
    """Give the weight of each edge; of two between the same points, the sum."""
    found: dict[tuple[int, int], int] = {}
    for one, other, weight in zip(*graph.ends.tolist(), graph.weights.tolist(), strict=True):
        edge = (min(one, other), max(one, other))
        found[edge] = found.get(edge, 0) + weight
    return found


def whole(n: int) -> Graph:
    """Join each two of ``n`` points, with weight 1."""
    ends = np.array([(i, j) for i in range(n) for j in range(i + 1, n)], dtype=np.int32).T
    return Graph(n, ends, np.ones(ends.shape[1], dtype=np.int32))


def hints(start: list[int], held: Sequence[int] = (), **more: Any) -> Hints:
    return Hints(
        np.array(start, dtype=np.int64), np.isin(np.arange(len(start)), list(held)), **more
    )


def test_an_edge_in_a_group_that_there_was_weighs_half_as_much_again() -> None:
    found = weights_of(hinted(whole(4), hints([0, 0, 1, -1])))

    assert found.pop((0, 1)) == 3
    assert set(found.values()) == {2}
    assert len(found) == 5


def test_points_that_a_person_put_apart_are_not_joined_and_those_put_together_are() -> None:
    found = weights_of(hinted(whole(5), hints([0, 1, 0, 1, 1], held=[0, 1, 2])))

    assert (0, 1) not in found
    assert (1, 2) not in found
    assert found[0, 2] >= 16
    assert found[1, 3] >= 16, "put there, and one of those that were there"
    assert found[1, 4] == found[3, 4] == 4, "a group that a person put something into"
    assert found[0, 3] == 2


def test_points_put_together_are_joined_even_if_no_view_has_them_as_neighbours() -> None:
    nothing = Graph(4, np.empty((2, 0), dtype=np.int32), np.empty(0, dtype=np.int32))

    assert weights_of(hinted(nothing, hints([0, 1, 1, 0], held=[0, 3, 2]))) == {
        (0, 3): 16,
        (1, 2): 16,
    }


def test_nothing_joins_a_pinned_group_to_others() -> None:
    found = weights_of(hinted(whole(4), hints([0, 0, 1, -1], pinned=frozenset({0}))))

    assert set(found) == {(0, 1), (2, 3)}


def test_a_point_is_not_joined_to_a_group_that_it_is_not_of() -> None:
    found = weights_of(hinted(whole(4), hints([-1, 0, 0, 1], barred=((0, 0),))))

    assert set(found) == {(0, 3), (1, 2), (1, 3), (2, 3)}


def test_hints_of_some_points_are_those_of_these_points() -> None:
    all_of_them = hints([4, 5, 6, 7], held=[1, 3], pinned=frozenset({6}), barred=((3, 5), (0, 7)))
    some = all_of_them.at(np.array([3, 1]))

    assert some.start.tolist() == [7, 5]
    assert some.held.tolist() == [True, True]
    assert (some.pinned, some.barred) == (frozenset({6}), ((0, 5),))
    assert some.checksum != all_of_them.checksum


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_more_points_change_fewer_groups_when_these_are_started_from(seed: int) -> None:
    X, _ = blobs([40] * 8, n_features=16, spread=0.4)
    is_old = np.random.default_rng(seed).random(len(X)) < 0.9
    before = np.full(len(X), -1)
    before[is_old] = best_of(X[is_old])
    leant, plain = best_of(X, hints(before.tolist())), best_of(X)

    assert kept(before[is_old], leant[is_old]) > 0.95
    assert kept(before[is_old], plain[is_old]) < 0.85


def best_of(X: np.ndarray, known: Hints | None = None) -> np.ndarray:
    graph = Graph.of([nearest(X, n_neighbors_of(len(X), 8))])
    tree = grow(graph if known is None else hinted(graph, known), 0)
    return tree.cut(tree.best)


def kept(before: np.ndarray, after: np.ndarray) -> float:
    same = match(before, after)
    return float(np.mean([same.get(int(label), -1) for label in after] == before))
