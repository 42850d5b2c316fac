"""The wishes of one clause: heads (what), signs (which way), amounts (how much), regions (where)."""

from __future__ import annotations

from dataclasses import dataclass, field

from hostbridge.controls import CONTROLS, EVERYWHERE, Region

from retouchiq.language.amounts import Amount, amount, converted
from retouchiq.language.clauses import MOVES, SHIFTS, Clause
from retouchiq.language.lexicon import Effect
from retouchiq.language.places import located, region_in, settled
from retouchiq.language.request import Wish

DIMENSIONS = ("noun",)
COLOURS = ("colour", "colours", "tinged")
PARTICLE = {"up": 1, "down": -1}
FLIPS = ("cap",)


@dataclass
class Context:
    """What a clause may take over from the one before it."""

    mover: int = 0
    away: str = ""
    free: bool = False
    amount: Amount = field(default_factory=Amount)
    region: Region = EVERYWHERE
    wishes: list[Wish] = field(default_factory=list)
    purpose: bool = False


def mover_before(clause: Clause, head: int) -> int | None:
    """Where the mover is that governs the head: the nearest before it."""
    before = [at for at in clause.positions(*MOVES) if at < head]
    return before[-1] if before else None


def move(clause: Clause, head: int) -> int:
    """+1 or −1 as the clause moves a noun, 0 where it does not say."""
    after = [at for at in clause.positions(*MOVES) if at > head]
    particles = [PARTICLE[clause.items[at].text] for at in after if clause.items[at].text in PARTICLE]
    if particles:
        return particles[0]
    at = mover_before(clause, head)
    if at is None:
        at = after[0] if after else None
    if at is None:
        return 0
    meaning = clause.items[at].get(*MOVES)
    assert meaning is not None
    return int(meaning.value)


def complains(clause: Clause, head: int) -> bool:
    """Whether the clause says that the picture is so, not that it shall be."""
    complaint = [at for at in clause.positions("complaints") if at < head]
    wished = [at for at in clause.positions("makers", "movers:up") if at < head and clause.items[at].text not in ("to", "please")]
    return bool(complaint) and not wished


def wishes(effects: tuple[Effect, ...], sign: int, said: Amount, region: Region, words: str, complaint: bool = False) -> list[Wish]:
    """Wishes of effects that are all turned by ``sign``."""
    result = []
    for effect in effects:
        control, where = settled(effect, region)
        direction = effect.direction * sign
        size = converted(said, CONTROLS[control].unit)
        result.append(
            Wish(
                control=control,
                direction=direction,
                strength=round(effect.weight * (said.strength or 1.0), 3),
                exact=None if size is None else round(direction * size, 3),
                region=where,
                located=located(where),
                words=words,
                complaint=complaint,
                options=dict(effect.options),
            )
        )
    return result


def heads(clause: Clause) -> list[int]:
    """Where the words are that say what is to change."""
    found: list[int] = []
    for at, item in enumerate(clause.items):
        if item.has(*SHIFTS):
            found.append(at)
        elif item.has("noun") and not (found and _belongs(clause, found[-1], at)):
            found.append(at)
    shifts = [at for at in found if clause.items[at].has(*SHIFTS)]
    if shifts or len(found) > 1:
        kept = [at for at in found if not clause.items[at].has("region") or clause.items[at].has(*SHIFTS)]
        found = kept or found
    return found


def _belongs(clause: Clause, shift: int, noun: int) -> bool:
    """Whether a noun is what a shift before it is said of ("sharper detail") and no wish of its own."""
    between = clause.items[shift + 1 : noun]
    return clause.items[shift].has(*SHIFTS) and all(item.has("transparent", "degree") for item in between)


def shift_wishes(clause: Clause, head: int, region: Region, source: bool) -> list[Wish]:
    """Wishes of a word that says its direction: "brighter", "sharpen", "too dark"."""
    item = clause.items[head]
    complaint = complains(clause, head) or source
    plain = item.has("adjective", "fault") and not item.has("comparative", "verb")
    wished = [at for at in clause.positions("makers", *MOVES) if at < head]
    meaning = item.get("fault", "adjective") if plain and complaint else item.get("phrase", "comparative", "verb", "adjective", "fault")
    assert meaning is not None
    sign = 1
    if plain and complaint or (source and item.has("comparative")) or (meaning.role == "fault" and not wished):
        sign, complaint = -1, True
    mover = mover_before(clause, head)
    if mover is not None and clause.items[mover].has("movers:down", "movers:off") and not clause.items[mover].has("complaints"):
        sign = -sign if not (complaint and sign == -1 and clause.items[mover].has("movers:off")) else sign
    if any(at < head for at in clause.positions("negations")):
        sign = -sign
    return wishes(meaning.effects, sign, amount(clause, head), region, clause.text, complaint and sign == -1)


def dimension_wishes(clause: Clause, head: int, region: Region, context: Context) -> list[Wish]:
    """Wishes of a noun that something else moves: "more contrast", "shadows up"."""
    meaning = clause.items[head].meanings["noun"]
    sign = move(clause, head) or context.mover
    if not sign:
        sign = 1
    if any(at < head for at in clause.positions("negations")):
        sign = -sign
    numbers = [item.text for item in clause.items if item.kind == "number"]
    if numbers and numbers[0].startswith("-") and move(clause, head) == 0:
        sign = -1
    return wishes(meaning.effects, sign, amount(clause, head), region, clause.text, clause.has("complaints") and sign < 0)
