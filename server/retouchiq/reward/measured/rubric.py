"""Writing the criteria for one picture and one request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hostbridge.controls import CONTROLS, TONES, Region
from hostbridge.weights import Weights, tonal, weights_in_lab
from retouchiq.language.request import Aim, Limit, Request, Wish
from retouchiq.regions.locating import place
from retouchiq.reward import Criterion
from retouchiq.reward.measured import colour, quality, tone
from retouchiq.reward.measured.aim import change, direction
from retouchiq.reward.measured.describing import at_risk, named, subject
from retouchiq.reward.measured.finishing import finishing, missing
from retouchiq.reward.measured.prior import finish
from retouchiq.reward.measured.probe import Probe
from retouchiq.reward.measured.scene import Scene, same
from retouchiq.reward.measured.table import DAMAGE, KEPT, MEASURES, ROWS, Effect, Row, everywhere
from retouchiq.reward.measured.weighing import balanced

BEARABLE = 0.8  # of the way to the finished picture: no wish that leads there is overdone before
AGAIN = 3.0  # of what was asked: how much more light, contrast or detail passes; experts take two to four such steps
AGAIN_IN_COLOUR = 1.5  # likewise, of colour: there too much is soon seen
COLOURS = frozenset({"warmth", "magenta", "towards", "chroma", "colourfulness", "hue"})
WISH_TOLERANCE = 0.5  # of the change asked for: words are vague, a quarter more or less is as asked
PRESENT = 0.003  # share of the picture below which a region is not there
SKIN_PRESENT = 0.01
GREY_PRESENT = 0.03


def write(scene: Scene, aspect: float, request: Request) -> list[Probe]:
    """The probes for ``request`` on ``scene``; their weights sum to 1.

    Wishes and limits whose region is not in the picture, and what is ``unsupported``, do not enter.
    """
    return _Writer(scene, aspect, request).write()


class _Writer:
    def __init__(self, scene: Scene, aspect: float, request: Request) -> None:
        self.scene = scene
        self.request = request
        self.itself = same(scene, aspect)
        self.whole: Weights = np.ones(scene.lightness.shape, np.float32)
        self.maps: dict[Region, Weights | None] = {}
        self.limits = [limit for limit in request.limits if self._map(limit) is not None]
        self.spared: Weights = np.ones_like(self.whole)  # "keep the sky": wishes count outside it
        for limit in self.limits:
            if limit.keep == "region" and not limit.region.everywhere:
                self.spared = self.spared * (1 - self._of(limit))
        self.wishes = [wish for wish in _last_word(request.wishes) if wish.judged and self._map(wish) is not None]
        self.facts = finish(scene)
        self.toned = any(wish.control in TONING for wish in self.wishes)
        self.moved: set[str] = set()
        self.tinted = False  # greys may change their colour only where a wish is about the colour of light
        self.risks: set[str] = set()

    def write(self) -> list[Probe]:
        wished = [probe for wish in self.wishes for probe in self._wish(wish)]
        wished += [probe for aim in self.request.aims for probe in self._aim(aim)]
        # what a module field named directly moves is not known here: only limits and quality speak on it
        unknown = any(wish.control not in ROWS for wish in self.request.wishes)
        kept = [*self._limits(), *([] if unknown else [*self._kept(), *self._outside()])]
        finished = finishing(self.facts, self.request, wished, self.whole)
        coherent = [] if unknown else self._coherent()
        return balanced(wished, finished, kept, self._damage(), coherent, len(self.limits), self.request.open_ended)

    # --- what was asked for

    def _wish(self, wish: Wish) -> list[Probe]:
        row = ROWS[wish.control]
        effects, row = _exactly(wish, row)
        if wish.control == "monochrome" and self.toned:
            effects = (replace(effects[0], measure="colour spread"),)
        region = (self._of(wish) * self.spared).astype(np.float32)
        options = {**row.options, **wish.options}
        probes = []
        for number, effect in enumerate(effects):
            where = effect.weights(self.scene, region)
            if effect.measure == "lightness":
                where = tone.movable(self.scene, where, direction(wish) * effect.sign)
            if where.mean() < PRESENT:
                return []
            before = MEASURES[effect.measure].take(self.itself, where, options)
            asked = change(effect, wish, row, self.scene, where, before)
            target = _aspect(wish) if effect.measure == "aspect" else before + asked
            criterion = Criterion(
                name=_named(wish, effect if number else None),
                measure=effect.measure,
                kind="wish",
                weight=effect.part,
                target=target,
                tolerance=max(_vagueness(wish) * abs(target - before), 1e-3),
                unit=MEASURES[effect.measure].unit,
                before=before,
                slack=self._slack(wish, effect, before, asked),
                control=wish.control,
                direction=direction(wish),
                region_name=wish.region.name,
            )
            probes.append(Probe(criterion, where, options, subject(self.scene, wish, where)))
        self.tinted |= "neutrals" in row.moves or any(effect.measure in CASTS for effect in effects)
        self.moved |= row.moves
        self.risks |= row.risks
        return probes

    def _slack(self, wish: Wish, effect: Effect, before: float, asked: float) -> float:
        """How much more than asked for passes: by proportion, or the way to a finished picture where that is longer."""
        if wish.exact is not None:
            return 0.0
        more = (AGAIN_IN_COLOUR if effect.measure in COLOURS else AGAIN) * abs(asked)
        if not wish.region.everywhere:
            return more
        way = direction(wish) * effect.sign
        return max(more, BEARABLE * missing(self.facts, wish.control, before, way) - abs(asked))

    def _aim(self, aim: Aim) -> list[Probe]:
        where = (weights_in_lab(aim.region, self.scene.lab) * self.spared).astype(np.float32)
        if where.mean() < PRESENT:
            return []
        before = MEASURES[aim.measure].take(self.itself, where, {})
        criterion = Criterion(
            name=aim.why or aim.measure,
            measure=aim.measure,
            kind="wish",
            weight=aim.weight,
            target=before + aim.change,
            tolerance=max(WISH_TOLERANCE * abs(aim.change), 1e-3),
            unit=MEASURES[aim.measure].unit,
            before=before,
            control=aim.control,
            direction=1 if aim.change > 0 else -1,
            region_name=aim.region.name,
        )
        self.tinted |= aim.measure in CASTS
        self.moved |= {name for name, kept in KEPT.items() if aim.measure in (name, kept.measure)}
        return [Probe(criterion, where, {}, named(aim.region.name))]

    # --- what must stay

    def _limits(self) -> list[Probe]:
        probes = []
        for limit in self.limits:
            name = limit.words or f"keep {limit.keep}"
            where = self._of(limit)
            for measure, tolerance, share in LIMITS[limit.keep]:
                if limit.keep == "skin":
                    where = colour.skin(self.scene, where)
                if where.mean() < PRESENT:
                    continue
                probes.append(self._keep(name, measure, where, tolerance, share, 4.0, limit.region.name))
        return probes

    def _kept(self) -> list[Probe]:
        """What no wish moves and no limit names already."""
        named = {measure for limit in self.limits for measure, _, _ in LIMITS[limit.keep]}
        where = self._touched()
        probes = []
        for name, kept in KEPT.items():
            if name in self.moved or kept.measure in named:
                continue
            if name == "hue" and colour.plain_chroma(self.itself, where, {}) < 4:
                continue
            sideways = name in ("warmth", "magenta") and self.moved & {"warmth", "magenta"}  # off the axis asked for
            weight = 3.0 if sideways else 1.0
            probes.append(
                self._towards_finish(self._keep(kept.name, kept.measure, where, kept.tolerance, kept.share, weight))
            )
        return probes + self._other_tones(where)

    def _towards_finish(self, probe: Probe) -> Probe:
        """A change towards a finished picture is not held against an edit: all of the way between passes."""
        fact = self.facts.get(probe.criterion.measure)
        if fact is None:
            return probe
        update = {
            "target": probe.criterion.target + (fact.target - fact.before) / 2,
            "tolerance": probe.criterion.tolerance + abs(fact.target - fact.before),
        }
        return replace(probe, criterion=probe.criterion.model_copy(update=update))

    def _other_tones(self, where: Weights) -> list[Probe]:
        """Lifting shadows leaves highlights alone, and the other way round."""
        lighting = [wish.control for wish in self.wishes if "lightness" in ROWS[wish.control].moves]
        probes = []
        for mine, other in ((("shadows", "blacks"), "highlights"), (("highlights", "whites"), "shadows")):
            if lighting and set(lighting) <= set(mine):
                there = tonal(self.scene.lightness, TONES[other]) * where
                if there.mean() >= tone.PRESENT:
                    probes.append(self._keep(f"{other} as before", "lightness", there, 4.0, 0.0, 1.5, other))
        return probes

    def _outside(self) -> list[Probe]:
        """A local edit leaves the rest of the picture alone."""
        rest = np.clip(1 - 4 * self._touched(), 0, 1).astype(np.float32) * self.spared
        if not self.wishes or rest.mean() < 0.02:
            return []
        return [self._keep("the rest of the picture unchanged", "difference", rest, 3.0, 0.0, 3.0, "elsewhere")]

    def _keep(
        self,
        name: str,
        measure: str,
        where: Weights,
        tolerance: float,
        share: float,
        weight: float,
        place: str = "everywhere",
    ) -> Probe:
        before = MEASURES[measure].take(self.itself, where, {})
        criterion = Criterion(
            name=name,
            measure=measure,
            kind="quality" if measure in ("blown", "crushed") else "keep",
            weight=weight,
            target=before,
            tolerance=tolerance + share * abs(before),
            unit=MEASURES[measure].unit,
            before=before,
            region_name=place,
        )
        return Probe(criterion, where, {}, named(place))

    def _coherent(self) -> list[Probe]:
        """That the change hangs together, in what no wish wants changed."""
        spared = [group for group, asked in SPARED.items() if self.request.aims or any(map(asked, self.wishes))]
        if len(spared) == len(SPARED) or "geometry" in self.moved:  # laid back in place, a picture is a little softer
            return []
        probe = self._keep("the change hangs together", "incoherence", self.spared, INCOHERENT, 0.0, 1.0)
        return [replace(probe, options={"spared": " ".join(spared)})]

    # --- what must not break

    def _damage(self) -> list[Probe]:
        named = {measure for limit in self.limits for measure, _, _ in LIMITS[limit.keep]}
        probes = []
        for name, damage in DAMAGE.items():
            where = self._at_risk(name)
            if where is None or damage.measure in named:
                continue
            loosened = 2.0 if name == "halos" and "detail" in self.moved else 1.0
            probe = self._keep(damage.name, damage.measure, where, damage.tolerance * loosened, 0.0, 1.0)
            about, there = at_risk(name, self.scene, where)
            title = f"{damage.name} ({there})" if there else damage.name
            update = {"kind": "quality", "weight": self._weight(name), "name": title}
            criterion = probe.criterion.model_copy(update=update)
            probes.append(replace(probe, criterion=criterion, subject=about))
        return probes

    def _weight(self, name: str) -> float:
        """More for what the wishes put at risk, and most where the picture is close to breaking that way."""
        if name in ("blown", "crushed") and name in self.risks:
            light = self.scene.lightness
            close = (light > 90) & (light < 99.5) if name == "blown" else (light < 8) & (light > 0.5)
            return 3.0 + 5.0 * min(1.0, float(close.mean()) / 0.1)
        if name == "neutrals":
            return 6.0  # nobody asked for another colour of light
        if name in ("structure", "colours"):
            return 6.0
        return 3.0 if name in self.risks or name in ("skin", "glow") else 1.0

    def _at_risk(self, name: str) -> Weights | None:
        """Where damage of this kind is looked for; None where it is asked for or there is nothing to damage."""
        if name in ("noise", "detail") and name in self.moved:
            return None
        if name == "glow" and any(wish.control == "glow" for wish in self.wishes):
            return None
        if name == "colours" and self.moved & {"hue", "warmth", "magenta", "neutrals"}:
            return None
        if name == "neon" and name not in self.risks:
            return None  # a pale photo that gets its colours back: "saturation as before" is there for the others
        if name == "whites":
            where = quality.paper(self.scene)
            return where if where.mean() >= PRESENT else None
        if name == "skin":
            where = colour.skin(self.scene, self.whole)
            return where if where.mean() >= SKIN_PRESENT and "neutrals" not in self.moved else None
        if name == "neutrals":
            where = self._greys()
            return where if where.mean() >= GREY_PRESENT and not self.tinted else None
        return self.whole

    # --- where

    def _map(self, part: Wish | Limit) -> Weights | None:
        """Where the region of a wish or limit is; None where it is not in the picture or nobody can tell."""
        region = part.region
        if region not in self.maps:
            self.maps[region] = self._look_for(region, part.located)
        return self.maps[region]

    def _look_for(self, region: Region, located: bool) -> Weights | None:
        if not located:
            found = place(region, self.scene.small)
            if found is None:
                return colour.skin(self.scene, self.whole) if region.name == "face" else None
            region = found.region
        where = weights_in_lab(region, self.scene.lab)
        return where if where.mean() >= PRESENT else None

    def _of(self, part: Wish | Limit) -> Weights:
        where = self._map(part)
        assert where is not None
        return where

    def _touched(self) -> Weights:
        """Where any wish may act."""
        total = np.zeros_like(self.whole)
        for wish in self.wishes:
            where = self._of(wish)
            if "." in wish.control:
                where = ROWS[wish.control].effects[0].weights(self.scene, where)
            total = np.maximum(total, where)
        return total * self.spared if total.any() else self.whole * self.spared

    def _greys(self) -> Weights:
        return colour.near_neutral(self.scene, self._touched())


LIMITS: dict[str, tuple[tuple[str, float, float], ...]] = {
    "region": (("difference", 3.0, 0.0),),
    "exposure": (("lightness", 2.5, 0.0),),
    "colour": (("colour difference", 4.0, 0.0),),
    "contrast": (("spread", 2.0, 0.0),),
    "saturation": (("chroma", 1.5, 0.1),),
    "skin": (("difference", 4.0, 0.0),),
    "highlights": (("blown", 1.0, 0.0),),
    "shadows": (("crushed", 1.0, 0.0),),
}
"""By `Limit.keep`: measure, tolerance, and tolerance as a share of what was before."""

EXACT: dict[str, Effect] = {
    "exposure": Effect("stops", 1.0, where=tone.middle_tones),
    "rotate": Effect("turned", 1.0),
    "hue": Effect("hue", 1.0),
    "crop": Effect("trimmed", 1.0),
}
"""Controls whose own unit can be measured in a picture: an exact amount is then the target itself."""


SPARED: dict[str, Callable[[Wish], bool]] = {
    "tones": lambda wish: (
        not wish.region.everywhere
        or bool({"detail", "neutrals"} & ROWS[wish.control].moves)  # black and white: each colour to its own grey
        or any(map(_by_tone, ROWS[wish.control].effects))
    ),
    "cast": lambda wish: bool(ROWS[wish.control].moves & {"warmth", "magenta", "neutrals"}),
    "hue": lambda wish: bool(ROWS[wish.control].moves & {"hue", "warmth", "magenta", "neutrals"}),
}
"""The groups of `coherence.PARTS`, and whether a wish changes them."""

INCOHERENT = 5.0  # nats: half of it passes; most finished photographs, beside unfinished versions of them, stay below


def _by_tone(effect: Effect) -> bool:
    """True where the effect lightens some tones or places only."""
    lightens = effect.measure == "lightness" and (effect.tones is not None or effect.where is not everywhere)
    return lightens or effect.measure == "edge darkening"


CASTS = frozenset({"warmth", "magenta", "towards", "grey warmth", "grey magenta"})
"""Measures that greys follow."""

TONING = {"temperature", "tint", "shadows_color", "midtones_color", "highlights_color"}
"""Beside `monochrome` these ask for a toned print: one colour, not none."""


def _vagueness(wish: Wish) -> float:
    """A look's recipe is one of many ways to the look; what somebody wrote is meant."""
    return WISH_TOLERANCE if wish.start is None else 2 * WISH_TOLERANCE


def _exactly(wish: Wish, row: Row) -> tuple[tuple[Effect, ...], Row]:
    if "aspect" in wish.options and wish.control == "crop":
        return (Effect("aspect", 0.0),), row
    if wish.exact is not None and wish.control in EXACT:
        return (EXACT[wish.control],), replace(row, amount=1.0)
    return row.effects, row


def _aspect(wish: Wish) -> float:
    width, _, height = str(wish.options["aspect"]).partition(":")
    return float(width) / float(height or 1)


def _last_word(wishes: tuple[Wish, ...]) -> list[Wish]:
    """One wish for each control and region: the strongest of those that agree, the last of those that do not."""
    chosen: dict[tuple[str, str], Wish] = {}
    colourless = any(wish.control == "monochrome" for wish in wishes)
    for wish in wishes:
        if wish.control not in ROWS:
            continue  # a module field named directly has no perceptual meaning of its own
        if colourless and ROWS[wish.control].effects[0].measure in ("chroma", "hue"):
            continue  # "black and white, desaturated" is one wish
        key = (wish.control, wish.region.name)
        earlier = chosen.get(key)
        if earlier is None or earlier.direction != wish.direction or wish.strength >= earlier.strength:
            chosen[key] = wish
    return list(chosen.values())


def _named(wish: Wish, second: Effect | None) -> str:
    control = CONTROLS[wish.control]
    word = control.more if direction(wish) > 0 else control.less
    where = "" if wish.region.name == "everywhere" else f" ({wish.region.name})"
    part = "" if second is None else f": {second.measure}"
    return f"{word}{where}{part}"
