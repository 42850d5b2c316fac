"""A scene with edges and colours, and a host that knows exposure and, if wanted, maps of colours."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import ndimage

from hostbridge import color_map
from hostbridge.controls import Edit
from retouchiq.agent.offline import OfflineAgent
from retouchiq.reward.measured import MeasuredReward
from retouchiq.session import Finished, Observe, Outcome, Session


def scene(seed: int, shape: tuple[int, int] = (120, 180)) -> np.ndarray:
    """Soft patches of muted colours with hard edges between them, other ones for every seed."""
    random = np.random.default_rng(seed)
    patches = random.random((6, 9, 3)).repeat(20, axis=0).repeat(20, axis=1)
    shade = ndimage.gaussian_filter(random.random(shape), 9)
    shade = (shade - shade.min()) / np.ptp(shade)
    grey = patches.mean(axis=2, keepdims=True)
    return (0.1 + 0.75 * (grey + 0.5 * (patches - grey)) * (0.35 + 0.65 * shade[..., None])).astype(np.float32)


class Host:
    """Renders in numpy; ``maps``: whether it can map colours."""

    def __init__(self, before: np.ndarray, maps: bool = True) -> None:
        self.before, self.maps, self.renders = before, maps, 0

    def render(self, edits: Sequence[Edit]) -> np.ndarray:
        self.renders += 1
        stops = sum(edit.amount for edit in edits if edit.control == "exposure" and edit.region.everywhere)
        picture = np.clip(np.maximum(self.before, 0) ** 2.2 * 2**stops, 0, None) ** (1 / 2.2)
        for edit in edits:
            if edit.control == "color_map" and self.maps:
                source, target = color_map.at(edit.amount, str(edit.options["pairs"]))
                lab = color_map.weights(color_map.lab_of(picture), source) @ target
                picture = color_map.srgb_of(lab).reshape(picture.shape)
            if edit.control == "saturation":
                grey = picture.mean(axis=2, keepdims=True)
                picture = grey + (1 + edit.amount / 100) * (picture - grey)
        return np.clip(picture, 0, 1).astype(np.float32)

    def edited(
        self, reference: np.ndarray, instruction: str = "", then: str | None = None, budget: int | None = None
    ) -> Outcome:
        """A whole turn with a reference, and a further one."""
        session = Session(OfflineAgent(), MeasuredReward(), reference=reference, budget=budget)
        outcome = self._turn(session, instruction)
        return outcome if then is None else self._turn(session, then)

    def _turn(self, session: Session, instruction: str) -> Outcome:
        step = session.instruct(instruction)
        while not isinstance(step, Finished):
            step = session.rendered(self.before if isinstance(step, Observe) else self.render(step.plan.edits))
        return step.outcome


def finish(picture: np.ndarray) -> np.ndarray:
    """What a photographer might do: brighter, warmer, with contrast and deeper colours."""
    grey = picture.mean(axis=2, keepdims=True)
    made = np.clip(grey + 1.3 * (picture - grey), 0, 1) ** 0.75 * np.array([1.05, 1.0, 0.88])
    return np.clip(made - 0.06 * np.sin(2 * np.pi * made), 0, 1).astype(np.float32)


@pytest.fixture
def before():
    return scene(1)


@pytest.fixture
def finished(before):
    return finish(before)


@pytest.fixture
def host(before):
    return Host(before)


@pytest.fixture
def mapless(before):
    return Host(before, maps=False)


@pytest.fixture
def red():
    """A photo of one strong colour, with next to no greys."""
    picture = np.full((90, 120, 3), (0.8, 0.1, 0.1), np.float32) * np.linspace(0.3, 1, 120, dtype=np.float32)[:, None]
    picture[:, :2] = np.linspace(0.2, 0.9, 90, dtype=np.float32)[:, None, None]
    return Host(picture)


@pytest.fixture
def elsewhere():
    """Another scene."""
    return finish(scene(2)) * np.array([0.9, 0.75, 0.5], np.float32)
