"""Reads an instruction: free English in, a `Request` out."""

from __future__ import annotations

from dataclasses import replace

from hostbridge.controls import EVERYWHERE, TONES, Region
from retouchiq.language.alone import wishes_alone
from retouchiq.language.amounts import amount
from retouchiq.language.clauses import COLOURS, MOVES, PLACES, SHIFTS, Clause, Item, clauses
from retouchiq.language.framing import geometry_free, geometry_wishes
from retouchiq.language.lexicon import lexicon
from retouchiq.language.limiting import cancelled, forbidden, forbids, limits
from retouchiq.language.lists import completed
from retouchiq.language.looking import look_aims, look_wishes, outvoted
from retouchiq.language.mentions import excessive, meant, unwanted
from retouchiq.language.merging import merged
from retouchiq.language.places import TONAL, is_band, located, region_in, region_of, regions_in, settled_again
from retouchiq.language.refusing import refused, sentence, worn
from retouchiq.language.request import Aim, Limit, Request, Wish
from retouchiq.language.sensing import sensed
from retouchiq.language.settings import settings
from retouchiq.language.tinting import band_in, bands_in, colour_wishes, filter_wish
from retouchiq.language.tokens import LONGEST
from retouchiq.language.wishing import (
    Context,
    dimension_wishes,
    heads,
    is_free,
    mover_of,
    shift_wishes,
)

UNREPEATED = ("makers", "refused:away", "complaints", "open:verbs")
UNMOVED = ("more", "less")


class _Reading:
    """A request in the making: one method per thing a clause can be, in the order they are tried.

    Each returns whether the clause is done with.
    """

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.look_wishes: list[Wish] = []
        self.look_aims: list[Aim] = []
        self.limits: list[Limit] = []
        self.looks: list[str] = []
        self.free: list[str] = []
        self.unsupported: list[str] = []
        self.unread: list[str] = []
        self.cancelled: set[str] = set()
        self.open_ended = False
        self.whole = False
        self.context = Context()
        self.last: list[Wish] = []

    def take(self, clause: Clause) -> None:
        """Read one clause."""
        if not clause.joined:
            self.context = Context()
        if _narrates(clause):
            return
        self._compare(clause)
        readings = (self.refuse, self.limit, self.look, self.frame, self.adjust, self.alone, self.repeat, self.open)
        if not any(reading(clause) for reading in (*readings, self.sense)):
            self.unread += [item.said for item in clause.items if item.kind == "word"]

    def _compare(self, clause: Clause) -> None:
        source, target = clause.first("sources"), clause.first("sources:targets")
        told = clause.first("noun", *COLOURS, *SHIFTS)
        if source is not None and (target is None or source < target):
            asked = clause.first(*MOVES, "makers")
            self.context.source = (told is None or source < told) and not (
                _ordered(clause) or (asked is not None and _asks(clause, asked, source))
            )
        elif target is not None:
            self.context.source = False

    def refuse(self, clause: Clause) -> bool:
        self.context.worn = worn(clause, self.context)
        if self.context.worn:
            return True
        kind = refused(clause, self.context)
        self.context.away = kind if kind in ("objects", "adding") else ""
        if kind:
            self.context.wished = True
            self.unsupported.append(sentence(kind, clause))
        return bool(kind)

    def limit(self, clause: Clause) -> bool:
        found = limits(clause)
        self.limits += found
        if found and (rest := _after_exception(clause)):
            self.adjust(rest)
        return bool(found) or clause.starts("keepers") or clause.has("caps")

    def look(self, clause: Clause) -> bool:
        at = clause.first("look")
        if at is None or (clause.purpose and self.context.wished):
            return False
        if not meant(clause, at):
            return False
        if excessive(clause, at, self.context):
            return True
        if unwanted(clause, at):
            return self._unlook(clause, at)
        name = clause.items[at].meanings["look"].name
        self.looks.append(name)
        region = region_in(clause, clause.positions("object"))
        look, said = lexicon().looks[name], amount(clause, at)
        self.look_wishes += look_wishes(look, said, region, clause.said)
        self.look_aims += look_aims(look, said, region)
        rest = Clause(tuple(item for position, item in enumerate(clause.items) if position != at), clause.joined)
        if rest.has(*SHIFTS, *MOVES):
            self.adjust(rest)
        return True

    def _unlook(self, clause: Clause, at: int) -> bool:
        """A look that shall go: its plain word less ("remove the foggy look"), else its colours are put right."""
        plain = _plain(clause, at)
        if plain.has(*SHIFTS):
            return self.adjust(plain)
        self.free += ("temperature", "tint") if clause.has("movers:off") else ()
        return True

    def frame(self, clause: Clause) -> bool:
        at = clause.first("geometry")
        if at is not None and clause.last_before(at, "negations") is not None:
            return True
        if any(clause.items[noun].meanings["noun"].name == "hue" for noun in clause.positions("noun")):
            return False
        made = geometry_wishes(clause)
        self.wishes += made
        free = () if made else geometry_free(clause)
        self.free += free
        return bool(made or free)

    def adjust(self, clause: Clause) -> bool:
        found = heads(clause)
        made: list[Wish] = []
        region = band_in(clause, found)
        if self._repeats(clause, found):
            return True
        if region is None:
            made = filter_wish(clause, self.last) or colour_wishes(clause, self.context)
            found = [] if made else found
        region = region or self._region(clause, found)
        free: list[str] = []
        for head in found:
            if clause.items[head].has(*SHIFTS) and not _is_noun(clause, head):
                made += shift_wishes(clause, head, region, self.context)
            elif is_free(clause, head, self.context):
                free += clause.items[head].meanings["noun"].leaves
            else:
                made += dimension_wishes(clause, head, region, self.context)
        if clause.purpose and self.context.wished and self.context.chained:
            return bool(found or made)
        made = [self._apart(wish) if not regions_in(clause, found) else wish for wish in made]
        if made and forbids(clause):
            self.limits += forbidden(made, clause)
            return True
        if made and (gone := cancelled(clause, made)):
            self.cancelled |= gone
            return True
        self.free += free
        self._scope(clause, found, made)
        self._remember(clause, found, made, region)
        return bool(found or made)

    def _region(self, clause: Clause, found: list[int]) -> Region:
        """The region of the clause, or of the one before it where this only goes on about it ("darker and bluer")."""
        if regions_in(clause, found) or not clause.joined or not found:
            return region_in(clause, found)
        bare = not any(_acts(item) for item in clause.items)
        pronoun = clause.has("pronouns") and clause.last_before(found[0], "pronouns") is not None
        about_it = pronoun and not located(self.context.region)
        return self.context.region if bare or about_it else EVERYWHERE

    def _apart(self, wish: Wish) -> Wish:
        """A wish that undoes the last one is no wish for the same place: "blur the background and sharpen"."""
        against = any(wish.control == last.control and wish.direction != last.direction for last in self.last)
        same = any(wish.region == last.region for last in self.last)
        return wish.model_copy(update={"region": EVERYWHERE, "located": True}) if against and same else wish

    def _scope(self, clause: Clause, found: list[int], made: list[Wish]) -> None:
        """Carry amounts over: "a bit warmer and brighter" forwards, "contrast and saturation a bit" backwards."""
        if not found or not clause.joined or not made:
            return
        said, before = amount(clause, found[0]), self.context.amount
        moved = clause.has(*MOVES, "makers", "noun")
        if before.strength is not None and not before.after and not said.said and not moved:
            made[:] = _strengthened(made, before.strength)
        shared = clause.lent or not (clause.has(*MOVES, "makers") or self.context.closed)
        if said.after and said.strength is not None and not before.said and shared and not clause.run_on:
            size = len(self.last) if self.context.chained else 0
            start = len(self.wishes) - size
            self.wishes[start:] = _strengthened(self.wishes[start:], said.strength)

    def _remember(self, clause: Clause, found: list[int], made: list[Wish], region: Region) -> None:
        self.wishes += made
        self.last = made or self.last
        context = self.context
        bare = clause.joined and not clause.has(*MOVES)
        context.making = clause.has("makers") or (context.making and bare)
        context.wished = context.wished or bool(made)
        context.complained = bool(made) and made[-1].complaint
        if not found:
            return
        context.amount = amount(clause, found[0])
        context.chained = bool(made)
        context.toned = bool(made) and clause.has("verb") and all(_toned(wish) for wish in made)
        context.closed = clause.has("pictures", "pronouns", *PLACES)
        places = regions_in(clause, found)
        if places:
            context.region = region if places[0] < found[0] or not located(region) else EVERYWHERE
        elif is_band(region) and context.making:
            context.region = region

    def alone(self, clause: Clause) -> bool:
        """A verb that means something by itself where nothing else is named: "lift the foreground", "clear it up"."""
        if clause.purpose and self.context.wished:
            return False
        made = wishes_alone(clause)
        self._remember(clause, [], made, region_in(clause))
        return bool(made)

    def repeat(self, clause: Clause) -> bool:
        """A clause that only names a place says the last wish of it too, or of it alone."""
        places = regions_in(clause)
        if clause.purpose:
            return True
        if not places or not self.last or not clause.joined or clause.has(*UNREPEATED):
            return False
        region = region_in(clause)
        if clause.has("only"):
            self.wishes = self.wishes[: -len(self.last)]
        made = [moved for wish in self.last if (moved := settled_again(wish, region)) is not None]
        self.wishes += made
        return bool(made)

    def _repeats(self, clause: Clause, found: list[int]) -> bool:
        """ "brighten the whites and greens": a verb said once holds for the colours and tones that follow."""
        bare = clause.joined and not clause.has(*MOVES, *SHIFTS, "makers", "complaints", "negations")
        tonal = self.context.toned and all(clause.items[at].has("region") for at in found)
        if not (bare and self.last and (tonal or not found)):
            return False
        places = [region_of(clause.items[at]) for at in found] + bands_in(clause)
        again = [moved for wish in self.last for place in places if (moved := settled_again(wish, place)) is not None]
        if again:
            self._share(clause, again)
        self.wishes += again
        return bool(again)

    def _share(self, clause: Clause, again: list[Wish]) -> None:
        """An amount said last is meant of all: "brighten the whites and greens slightly"."""
        said = amount(clause, clause.positions("noun", *COLOURS)[0])
        if said.strength is not None and not self.context.amount.said:
            start = len(self.wishes) - len(self.last)
            self.wishes[start:] = _strengthened(self.wishes[start:], said.strength)
            again[:] = _strengthened(again, said.strength)

    def sense(self, clause: Clause) -> bool:
        """A clause of words that no table lists: they are taken for what they are most like."""
        if self.unsupported or (clause.purpose and self.context.wished):
            return False
        known = sensed(clause, self.whole or (clause.joined and self.context.wished))
        return known is not None and (self.look(known) or self.adjust(known))

    def open(self, clause: Clause) -> bool:
        wished = clause.has("open:verbs") or (
            clause.has("open:states") and (clause.has("makers") or len(clause.items) <= 3)
        )
        if not wished or (clause.purpose and self.context.wished):
            return False
        self.open_ended = True
        self.context.region = region_in(clause)
        self.context.making = clause.has("makers")
        return True


def _plain(clause: Clause, at: int) -> Clause:
    """The clause with the plain word in place of a look that is not wanted: "remove the foggy look" is about fog."""
    item = clause.items[at]
    meanings = lexicon().phrases.get((item.text.split()[0],), {})
    word = replace(item, meanings={role: meaning for role, meaning in meanings.items() if role != "look"})
    return replace(clause, items=(*clause.items[:at], word, *clause.items[at + 1 :]))


def _after_exception(clause: Clause) -> Clause | None:
    """What is wished of the rest of the picture: "everything but the sky darker"."""
    places = regions_in(clause)
    if not (clause.has("except") and places):
        return None
    rest = clause.items[places[-1] + 1 :]
    return Clause(rest, clause.joined) if any(item.has(*SHIFTS) for item in rest) else None


def _narrates(clause: Clause) -> bool:
    """Whether a clause tells what happened, or why, without finding fault: "the flash did not go off"."""
    veiled = any(clause.items[at].meanings["noun"].name == "dark filter" for at in clause.positions("noun"))
    return (clause.has("narrating") and not veiled) or (
        clause.starts("reasons") and not clause.has("complaints", "comparative", "fault")
    )


def _ordered(clause: Clause) -> bool:
    """Whether a verb in a clause about the picture as it is gives an order: "for the left image turn down …"."""
    return not clause.has("complaints") and any(
        item.has(*MOVES) and not item.has("comparing", "complaining") and not item.text.endswith("ed")
        for item in clause.items
    )


NEEDING = ("need", "should", "must", "ought", "to ", "become")


def _asks(clause: Clause, mover: int, source: int) -> bool:
    """Whether a clause about the picture as it is says what to do: "make the input image sharper"."""
    return mover < source or clause.items[mover].text.startswith(NEEDING)


def _strengthened(found: list[Wish], by: float) -> list[Wish]:
    return [wish.model_copy(update={"strength": round(wish.strength * by, 3)}) for wish in found]


def _toned(wish: Wish) -> bool:
    """Whether a wish is for a range of tones or a colour and nothing else of the picture."""
    return wish.control in TONAL or "." in wish.control or wish.region.name in TONES or is_band(wish.region)


def _acts(item: Item) -> bool:
    """Whether an item is a verb of its own, so that its clause does not just go on about what came before."""
    verb = item.has("verb") and not item.has("adjective", "comparative", "fault")
    return verb or (item.has(*MOVES, "makers") and item.text not in UNMOVED)


def _is_noun(clause: Clause, head: int) -> bool:
    """Whether a word that can be both is a noun here: it is moved ("add blur", "increase focus")."""
    if not clause.items[head].has("noun"):
        return False
    if clause.items[head].has("adjective") and clause.last_before(head, "complaints") is not None:
        return False
    at = mover_of(clause, head)
    if head and clause.items[head - 1].text == "the":
        return True
    return (at is not None and at < head) or clause.last_before(head, "movers_free", "negations") is not None


def read(instruction: str) -> Request:
    """What ``instruction`` asks for. Never raises; anything not understood is in ``unread``."""
    exact, rest = settings(instruction[:LONGEST])
    reading = _Reading()
    found = completed(clauses(rest))
    reading.whole = len(found) == 1
    for clause in found:
        reading.take(clause)
    return Request(
        instruction=instruction,
        wishes=merged(reading.look_wishes, reading.wishes + exact, reading.cancelled),
        limits=tuple(dict.fromkeys(reading.limits)),
        aims=tuple(outvoted(reading.look_aims, {wish.control for wish in reading.wishes + exact} | reading.cancelled)),
        looks=tuple(dict.fromkeys(reading.looks)),
        free=tuple(dict.fromkeys(reading.free)),
        open_ended=reading.open_ended,
        unsupported=tuple(dict.fromkeys(reading.unsupported)),
        unread=tuple(dict.fromkeys(reading.unread)),
    )
