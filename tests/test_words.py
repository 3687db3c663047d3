"""Words for groups: narrow where most agree, broad where they differ, none where unsure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin.words import SURE, Suggestion, name_of, suggest, vocabulary


def likely(**shares: float) -> np.ndarray:
    values = np.zeros(vocabulary().covers.shape[1], dtype=np.float32)
    for word, share in shares.items():
        values[vocabulary().words.index(word.replace("_", " "))] = share
    return values


def test_each_class_has_its_word_in_the_order_of_the_network() -> None:
    known = vocabulary()

    assert known.covers.shape[1] == 1000
    assert known.words[0] == "tench"
    assert known.words[207] == "golden retriever"
    assert known.words[999] == "toilet tissue"
    assert np.array_equal(known.covers[:1000], np.eye(1000))


def test_a_broader_word_covers_what_the_words_below_it_cover() -> None:
    known = vocabulary()
    dog, animal = known.words.index("dog"), known.words.index("animal")

    assert known.n_covered[dog] == 118
    assert known.n_covered[animal] == 398
    assert (known.covers[animal] >= known.covers[dog]).all()


def test_a_sure_group_gets_its_narrow_word() -> None:
    assert suggest(likely(golden_retriever=0.9)) == [Suggestion("golden retriever", 0.9)]


def test_a_broader_word_is_added_where_it_fits_clearly_more() -> None:
    found = suggest(likely(golden_retriever=0.6, tabby=0.1, beagle=0.25))

    assert [one.word for one in found] == ["golden retriever", "hunting dog"]
    assert [one.confidence for one in found] == pytest.approx([0.6, 0.85])


def test_members_that_differ_get_the_word_that_they_share() -> None:
    dogs = suggest(likely(golden_retriever=0.3, beagle=0.3, Siamese_cat=0.35))
    animals = suggest(likely(goldfish=0.34, beagle=0.33, Siamese_cat=0.33))

    assert name_of(dogs) == "hunting dog, mammal"
    assert name_of(animals) == "mammal, animal"


def test_an_unsure_group_gets_no_word() -> None:
    flat = np.full(1000, 0.001, dtype=np.float32)

    assert suggest(flat) == []
    assert name_of([]) == ""


@given(st.integers(0, 10**6))
def test_a_word_fits_most_of_the_group_and_the_second_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(1000, 0.003)).astype(np.float32)
    found = suggest(shares)

    assert all(SURE - 1e-3 <= one.confidence <= 1 for one in found)
    assert [one.confidence for one in found] == sorted(one.confidence for one in found)
    assert len(found) <= 2
