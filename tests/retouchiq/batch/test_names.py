"""Names of results: no photo's results land on another's."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retouchiq.batch import names

parts = st.sampled_from(["a", "A", "b", "img_1", "IMG_1", "a.jpg", "sub-a"])
photos = st.lists(st.builds(lambda f, n, e: Path("/p") / f / f"{n}.{e}", parts, parts, st.sampled_from(["jpg", "nef"])))


@given(photos, st.lists(st.sampled_from(["a.jpg", "b-a.jpg", "a-2.jpg"])))
def test_every_photo_has_a_name_of_its_own_on_any_file_system(photos, taken):
    found = names.unique(photos, taken)
    folded = [name.casefold() for name in found]
    assert len(set(folded)) == len(photos)
    assert not set(folded) & set(taken)


@given(photos)
def test_every_photo_has_an_export_of_its_own(photos):
    files = names.exports(names.unique(photos), "jpg", ["a.jpg"])
    assert len({file.casefold() for file in files} | {"a.jpg"}) == len(photos) + 1


def test_names_are_those_a_photographer_expects():
    photos = [Path("/p/one/IMG_1.NEF"), Path("/p/two/IMG_1.NEF"), Path("/q/two/IMG_1.NEF"), Path("/p/IMG_2.NEF")]
    found = names.unique(photos)
    assert found == ["IMG_1.NEF", "two-IMG_1.NEF", "IMG_1-2.NEF", "IMG_2.NEF"]
    assert names.exports(found, "tif") == ["IMG_1.tif", "two-IMG_1.tif", "IMG_1-2.tif", "IMG_2.tif"]


def test_a_raw_and_its_jpeg_are_two_exports():
    assert names.exports(["IMG_1.NEF", "IMG_1.JPG"], "jpg") == ["IMG_1.NEF.jpg", "IMG_1.JPG.jpg"]
