"""Words of amount, on real renders: a larger word is a larger change, on a dark photo as on a bright one."""

import itertools

import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from hostbridge.darktable import install
from hostbridge.darktable.render import open_renderer
from hostbridge.darktable.schema import load
from retouchiq.agent.offline import OfflineAgent
from retouchiq.edit import drive
from retouchiq.photo import Photo
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Session

WORDS = ("a hair", "slightly", "", "clearly", "a lot", "extremely")
DARK, MIDDLING, BRIGHT = "mei_037_FujiFilm_DX-10.jpg", "sklearn_china.jpg", "deb_greentock_by_Peter_Nerlich.jpg"
WISHES = ("{} brighter", "{} more contrast", "{} warmer", "{} more saturated", "{} lighter shadows", "{} more clarity")
MORE = (
    "{} darker", "{} less contrast", "{} cooler", "{} less saturated", "{} darker highlights", "{} deeper blacks",
    "{} more magenta", "{} more vibrant", "{} more texture", "{} sharper", "{} more vignette", "{} more grain",
    "{} more faded",
)  # fmt: skip


@pytest.fixture(scope="module")
def changed(data):
    """Answers the mean ΔE00 that an instruction makes of a photo."""
    with open_renderer("library") as renderer:
        schema, photos = load(install.find()), {}

        def change(name, instruction):
            photo = photos.setdefault(name, Photo(data / "photos" / name, renderer, schema, 256))
            session = Session(OfflineAgent(), MeasuredReward(), budget=4)
            outcome = drive(session, session.instruct(instruction), photo, lambda _: None)
            after = photo.before if outcome.after is None else outcome.after
            return float(deltaE_ciede2000(rgb2lab(photo.before), rgb2lab(after)).mean())

        yield change


def grows(changed, wish, name, words):
    changes = [changed(name, wish.format(word).strip()) for word in words]
    assert all(more > less for less, more in itertools.pairwise(changes)), changes


@pytest.mark.hosts
@pytest.mark.parametrize("name", [DARK, BRIGHT])
@pytest.mark.parametrize("wish", WISHES)
def test_a_larger_word_is_a_larger_change(wish, name, changed):
    grows(changed, wish, name, ("slightly", "", "a lot"))


@pytest.mark.slow
@pytest.mark.parametrize("name", [DARK, MIDDLING, BRIGHT])
@pytest.mark.parametrize("wish", [*WISHES, *MORE])
def test_every_word_is_larger_than_the_one_before(wish, name, changed):
    grows(changed, wish, name, WORDS)


@pytest.mark.hosts
def test_brighter_is_a_similar_step_on_a_dark_and_on_a_bright_photo(changed):
    steps = [changed(name, "brighter") for name in (DARK, MIDDLING, BRIGHT)]
    assert max(steps) < 1.6 * min(steps), steps
