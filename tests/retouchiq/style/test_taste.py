"""A learnt style, its file, its wishes, and what is told of it."""

import json

import numpy as np
import pytest
from lxml import etree

from hostbridge import UnusableInput
from retouchiq.cli import main
from retouchiq.demo import coffee
from retouchiq.language import read
from retouchiq.looks import looks, with_look
from retouchiq.reward.measured.prior import SEEN
from retouchiq.style import place, taste
from retouchiq.style.taste import Sample, Style
from retouchiq.style.telling import plot, told
from retouchiq.style.wishing import seen, styled

PICTURE = coffee()[::4, ::4].astype(np.float32) / 255


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Someone who brightens dark pictures, warms all of them, and makes the darkest black and white."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    drawn = np.random.default_rng(1)
    samples = []
    for number in range(20):
        facts = dict.fromkeys(SEEN, 0.0) | {"lightness": 20.0 + 3 * number, "saturation": float(drawn.normal(60, 9))}
        amounts = {"exposure": 1.2 - 0.06 * number, "temperature": 25.0, "contrast": float(drawn.normal(0, 0.3))}
        amounts["monochrome"] = 100.0 * (number < 5)
        changes = dict.fromkeys(taste.SHOWN, 0.0) | {"lightness": 14 * amounts["exposure"], "warmth": 6.0}
        samples.append(Sample(photo=f"{number}.jpg", facts=facts, amounts=amounts, changes=changes))
    style = Style(name="mine", host="darktable 4.2.1", samples=tuple(samples))
    style.save()
    return style


def facts(**known):
    return dict.fromkeys(SEEN, 0.0) | {"saturation": 60.0} | known


def test_dark_pictures_get_what_dark_pictures_got(mine):
    dark, bright = mine.amounts(facts(lightness=45)), mine.amounts(facts(lightness=75))
    assert dark["exposure"] > bright["exposure"] + 0.3
    assert dark["temperature"] == pytest.approx(25, abs=2)
    assert "contrast" not in dark


def test_black_and_white_goes_with_no_colour(mine):
    assert mine.amounts(facts(lightness=20))["monochrome"] == 100
    assert "monochrome" not in mine.amounts(facts(lightness=70))


def test_a_style_is_the_same_after_a_restart(mine):
    again = taste.find("mine")
    assert again == mine
    assert again.amounts(facts(lightness=33)) == mine.amounts(facts(lightness=33))
    assert place.names() == ["mine"]


def test_a_broken_file_is_named(mine):
    (place.folder() / "mine.json").write_text("{}")
    with pytest.raises(UnusableInput, match=r"mine\.json is no learnt style.*learn it again"):
        taste.find("mine")


@pytest.mark.parametrize("name", ["", "../mine", "Mine", "a" * 41, "a  b", "a/b"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(UnusableInput, match="small letters"):
        place.check_name(name)


def test_a_style_is_a_look_and_goes_with_an_instruction(mine):
    assert looks()["mine"].learnt
    request = styled(read(with_look("mine", "cooler")), PICTURE)
    assert request.looks == ("mine",)
    found = {wish.control: wish for wish in request.wishes}
    aims = {aim.measure: aim.change for aim in request.aims}
    assert "lightness" in aims
    assert "warmth" not in aims
    assert found["temperature"].direction == -1  # what is said beats the habit
    assert found["exposure"].exact == pytest.approx(mine.amounts(seen(PICTURE))["exposure"], rel=0.01)


def test_words_and_plot_say_what_was_learnt(mine):
    text = told(mine)
    assert "learnt from 20 photos" in text
    assert "exposure" in text and "in dark pictures" in text  # noqa: PT018
    assert "temperature: +25 mired on average, in any light." in text
    assert "black and white: 25% of the pictures, dark ones rather than others." in text
    assert "contrast" not in text
    root = etree.fromstring(plot(mine).encode())
    assert len(root.findall(".//{*}circle")) == 1 + 20 * 3  # one explains what a dot is
    assert {"yes", "0 EV", "+25 mired"} <= {label.text for label in root.findall(".//{*}text")}


def test_show_and_list_print_one_object(mine, tmp_path, capsys):
    assert main(["style", "show", "mine", "--plot", str(tmp_path / "mine.svg"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["plot"] == str(tmp_path / "mine.svg")
    assert main(["style", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"name": "mine", "photos": 20, "host": "darktable 4.2.1"}]
    assert main(["style", "show", "yours"]) == 2
    assert "there are mine" in capsys.readouterr().err


def test_a_learnt_style_is_no_fixed_style_of_darktable(mine, tmp_path, capsys):
    assert main(["looks", "export", str(tmp_path), "mine"]) == 2
    assert "differs from photo to photo" in capsys.readouterr().err
