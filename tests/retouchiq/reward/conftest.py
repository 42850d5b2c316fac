"""Real photos for the reward, small, and the one-wish requests they are judged by."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from retouchiq.language.request import Limit, Request, Wish
from retouchiq.reward import Picture

Open = Callable[[str], Picture]


@pytest.fixture(scope="session")
def photo(data: Path) -> Open:
    """Opens a file of the photos folder at 256 px."""

    def load(name: str, side: int = 256) -> Picture:
        image = Image.open(data / "photos" / name).convert("RGB")
        image.thumbnail((side, side), Image.Resampling.BOX)
        return np.asarray(image, np.float32) / 255

    return load


@pytest.fixture
def ask() -> Callable[..., Request]:
    """A request of one wish, or of the wishes and limits given."""

    def make(control: str, direction: int = 1, limits: tuple[Limit, ...] = (), **wish: object) -> Request:
        return Request(
            instruction="",
            wishes=(Wish.model_validate({"control": control, "direction": direction, **wish}),),
            limits=limits,
        )

    return make
