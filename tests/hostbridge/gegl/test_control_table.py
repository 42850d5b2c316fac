"""The page for users says of each control what the table says."""

from pathlib import Path

import pytest

from hostbridge.controls import BANDS
from hostbridge.gegl import geometry
from hostbridge.gegl.control_table import BELOW, BEYOND, HOMES, KINDS

PAGE = Path(__file__).parents[3] / "docs" / "controls.md"


def rows():
    """Operation and blend mode by what the first column says, from the section about GIMP."""
    section = PAGE.read_text().split("## GIMP: filters")[1]
    cells = [
        [cell.strip(" `") for cell in line.strip("|").split("|")] for line in section.splitlines() if "| gegl:" in line
    ]
    return {first.replace("`", ""): (operation, blend) for first, operation, blend, *_ in cells}


ROWS = rows()


@pytest.mark.parametrize("control", sorted(HOMES))
def test_the_page_names_the_operation_of_each_control(control):
    band, _, what = control.partition(".")
    for side, table in (("+", HOMES), ("−", BELOW)):
        if control in table:
            names = [control, f"{control} {side}"] if band not in BANDS else [row for row in ROWS if f".{what}" in row]
            kind = KINDS[table[control].kind]
            assert [ROWS[name] for name in names if name in ROWS] == [(kind.operation, kind.blend)]


@pytest.mark.parametrize("control", [*geometry.CONTROLS, *BEYOND])
def test_the_page_says_what_is_no_filter(control):
    assert f"`{control}`" in PAGE.read_text().split("## GIMP: filters")[1]


def test_the_page_lists_filters_in_the_order_they_act():
    listed = [name.split(" ")[0] for name in ROWS if not name.startswith("bands")]
    order = list(KINDS)
    places = [order.index(HOMES[name].kind) for name in listed]
    assert places == sorted(places)
