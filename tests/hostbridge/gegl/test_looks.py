"""Looks are made of controls only, so GIMP carries out every one of them, with nothing left out."""

import pytest

from hostbridge.gegl.compile import compile
from retouchiq.looks import looks


@pytest.mark.parametrize("name", looks())
def test_gimp_has_filters_for_all_of_a_look(name, operations, picture):
    height, width = picture.shape[:2]
    made = compile(looks()[name].plain(), operations, picture, (width, height))
    assert made.filters
    assert made.notes == []
