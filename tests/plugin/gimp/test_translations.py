"""German and French: complete, and what is built is what was written."""

import ast
import gettext
import re
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[3] / "plugin" / "gimp" / "retouchiq"
LANGUAGES = ("de", "fr")

_ENTRY = re.compile(r'^msgid ("[^\n]+")\nmsgstr ("[^\n]*")$', re.M)
_FIELD = re.compile(r"\{[^}]*\}")


def used() -> set[str]:
    """All texts of the plug-in that are shown."""
    nodes = [node for path in PLUGIN.glob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"]
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def written(language: str) -> dict[str, str]:
    source = (PLUGIN / "locale" / language / "LC_MESSAGES" / "retouchiq.po").read_text("utf-8")
    return {ast.literal_eval(text): ast.literal_eval(told) for text, told in _ENTRY.findall(source)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_no_translation_is_left_over(language):
    assert len(used()) > 35
    texts = {text: told for text, told in written(language).items() if text}
    assert set(texts) == used()
    assert all(texts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_takes_the_same_values(language):
    for text, told in written(language).items():
        assert sorted(_FIELD.findall(told)) == sorted(_FIELD.findall(text)), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_built_catalogue_is_up_to_date(language):
    built = gettext.translation("retouchiq", PLUGIN / "locale", [language])
    wrong = [text for text, told in written(language).items() if text and built.gettext(text) != told]
    assert wrong == [], "build it with msgfmt, see docs/contributing.md"


def test_the_plug_in_speaks_the_language_it_is_started_in(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de_AT:de")
    told = gettext.translation("retouchiq", PLUGIN / "locale", fallback=True)
    assert told.gettext("Retouching") == "Bild wird bearbeitet"
