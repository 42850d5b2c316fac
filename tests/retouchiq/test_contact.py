import numpy as np
import pytest

from retouchiq.contact import CAPTION, GAP, contact_sheet, save

WHITE = np.ones((40, 60, 3), np.float32)


def test_every_picture_is_on_the_sheet_in_its_row():
    sheet = np.asarray(contact_sheet([[(WHITE, "before"), (WHITE * 0.5, "after")], [(WHITE, "x" * 200)]], side=60))
    assert sheet.shape == (2 * (40 + CAPTION) + 3 * GAP, 2 * 60 + 3 * GAP, 3)
    assert sheet[GAP + 20, GAP + 30].tolist() == [255] * 3
    assert sheet[GAP + 20, 2 * GAP + 90].tolist() == [128] * 3
    assert sheet[40 + CAPTION + 2 * GAP + 20, 2 * GAP + 90].tolist() == [118] * 3


@pytest.mark.parametrize("name", ["sheet.jpg", "new/sheet.png"])
def test_a_sheet_is_written_as_its_name_says(name, tmp_path):
    save(contact_sheet([[(WHITE, "")]], side=32), tmp_path / name)
    assert (tmp_path / name).stat().st_size > 100
