"""German and French: complete, and what is built is what was written."""

import ast
import gettext
import re
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[3] / "plugin" / "darktable" / "retouchiq"
LANGUAGES = ("de", "fr")

_TEXT = r'"(?:[^"\\]|\\.)*"'
_CALL = re.compile(rf"\b_\(\s*({_TEXT}(?:\s*\.\.\s*{_TEXT})*)\s*\)")
_ENTRY = re.compile(rf"^msgid ((?:{_TEXT}\s*)+)\nmsgstr ((?:{_TEXT}\s*)+)$", re.M)
_DIRECTIVE = re.compile(r"%[-+ #0]*[\d.]*[a-zA-Z%]")


def joined(texts: str) -> str:
    return "".join(ast.literal_eval(each) for each in re.findall(_TEXT, texts))


def used() -> set[str]:
    """All texts of the plug-in that are shown."""
    return {joined(call) for path in PLUGIN.glob("*.lua") for call in _CALL.findall(path.read_text())}


def written(language: str) -> dict[str, str]:
    source = (PLUGIN / "locale" / language / "LC_MESSAGES" / "retouchiq.po").read_text()
    return {joined(text): joined(translation) for text, translation in _ENTRY.findall(source)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_no_translation_is_left_over(language):
    assert len(used()) > 80
    assert set(written(language)) - {""} == used()
    assert [text for text, translation in written(language).items() if not translation] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_takes_the_same_values_in_the_same_order(language):
    for text, translation in written(language).items():
        assert _DIRECTIVE.findall(translation) == _DIRECTIVE.findall(text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_built_catalogue_is_up_to_date(language):
    with (PLUGIN / "locale" / language / "LC_MESSAGES" / "retouchiq.mo").open("rb") as built:
        catalogue = gettext.GNUTranslations(built)
    wrong = [text for text, translation in written(language).items() if text and catalogue.gettext(text) != translation]
    assert wrong == [], "build it with msgfmt, see docs/contributing.md"


def test_the_catalogues_are_found_beside_the_plug_in(plugin):
    assert Path(plugin.dt.catalogues.folder) == PLUGIN / "locale"
    assert plugin.dt.catalogues.domain == "retouchiq"


def test_the_panel_speaks_the_language_of_darktable(unstarted):
    texts = written("de")
    unstarted.dt.translate = lambda text: texts.get(text, text)
    unstarted.start()
    assert unstarted.widgets.apply.label == "anwenden"
    assert unstarted.dt.actions.retouchiq.label == "nach Anweisung bearbeiten"
    unstarted.select(unstarted.photo())
    unstarted.ask("warmer")
    assert unstarted.said == "Angewendet: Note 8.0, vorher 5.0."
