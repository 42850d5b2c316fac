"""What a user would lose: looks found by description, words understood by likeness."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from retouchiq.language.meaning import closest, similarity
from retouchiq.language.meaning.vectors import pieces, vectors


def test_texts_that_mean_the_same_are_nearer_than_others() -> None:
    same, other = similarity("make it warmer", ["increase the temperature", "remove the man"])
    assert same > 0.4
    assert other < 0.2


def test_words_are_cut_into_the_encoders_pieces() -> None:
    assert pieces("Sun-drenched crème!") == ["sun", "drenched", "cr", "##eme"]


def test_vectors_have_length_one_or_none() -> None:
    found = vectors(["warm light", "", "日本"])
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 0, 0], abs=1e-5)


def test_the_nearest_description_decides() -> None:
    names = closest("a sad film", {"moody": ["melancholic movie"], "summer": ["sunny beach", "warm and happy"]})
    assert [name for name, _ in names] == ["moody", "summer"]
    assert closest("anything", {}) == []


def test_many_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: float(similarity("warm", ["cosy", f"cold {at}"])[0]), range(32)))
    assert len(set(found)) == 1
