"""Parts of an instruction that no parameter can do: taking away, adding, replacing and reshaping things."""

from __future__ import annotations

from retouchiq.language.clauses import COLOURS, MOVES, PLACES, SHIFTS, Clause, Item
from retouchiq.language.lexicon import lexicon
from retouchiq.language.wishing import Context

ADJUSTABLE = ("noun", *COLOURS, *SHIFTS, "casts", "look", "geometry")
TRIMMED = ("edges", "top", "bottom", "left", "right")
WORDS_KEPT = 14


def _silent(item: Item) -> bool:
    """Whether an item is neither a thing nor a quality: articles, amounts, verbs, "photo"."""
    return item.has("pictures") or not (item.kind == "word" or item.has(*ADJUSTABLE, *PLACES))


def _nominal(item: Item) -> bool:
    """Whether an item is a noun, so that a participle after it begins something new: "the man wearing blue"."""
    return item.kind == "word" or item.has("noun", "found", "object")


def _ends(item: Item, head: Item) -> bool:
    """Whether an item ends what the verb is about, ``head`` being its noun so far."""
    if item.text == "of":
        return head.has("noun", *COLOURS) and not _shadow(head)
    if item.has("prepositions") or (item.has("geometry") and _nominal(head)):
        return True
    region = item.get("region")
    side = region is not None and region.name in TRIMMED and not item.has(*ADJUSTABLE)
    return (side and _nominal(head)) or (_nominal(head) and item.kind == "word" and item.text.endswith(("ing", "ed")))


def _object_of(clause: Clause, verb: int) -> Item | None:
    """The head noun of what follows a verb: the last thing before a preposition or the end."""
    head: Item | None = None
    for item in clause.items[verb + 1 :]:
        if item.has("except") or (head is not None and _ends(item, head)):
            break
        if not _silent(item):
            head = item
    return head


def _shadow(item: Item) -> bool:
    noun = item.get("noun")
    return noun is not None and noun.name == "shadows"


def _is_thing(item: Item | None) -> bool:
    """Whether it is a thing in the picture rather than a quality of it."""
    if item is None:
        return False
    if item.has("geometry"):
        return False
    if item.has("found", "object") or item.kind == "word":
        return True
    region = item.get("region")
    if region is None or item.has(*ADJUSTABLE):
        return False
    return item.text == "everything" or region.name not in (*TRIMMED, "everywhere")


def _trimmable(item: Item) -> bool:
    """Whether a thing can be cut off at the edge of a picture."""
    return item.has("found") and item.meanings["found"].name in ("sky", "background", "foreground")


def _taken(clause: Clause) -> str:
    """``away`` or ``in`` where the clause takes a thing away or brings one in."""
    for at, item in enumerate(clause.items):
        for kind in ("away", "in"):
            if not item.has(f"refused:{kind}"):
                continue
            thing = _object_of(clause, at)
            named = thing is not None and kind == "away" and thing.has("comparative") and not thing.has("noun")
            if clause.items[at].text.startswith("crop") and thing is not None and _trimmable(thing):
                continue
            if _is_thing(thing) or named or (thing is None and kind == "away" and _bare(clause, at)):
                return kind
    for at in clause.positions("refused:gone_after") if not clause.purpose else ():
        if any(_is_thing(item) for item in clause.items[:at]) and not any(
            _is_thing(item) for item in clause.items[at + 1 :]
        ):
            return "away"
    return ""


def _bare(clause: Clause, verb: int) -> bool:
    """Whether a verb that takes things away has an object that is no quality, if only a number: "remove #2"."""
    if verb + 1 == len(clause.items):
        return False
    return not clause.purpose and not any(item.has(*ADJUSTABLE) for item in clause.items)


def _unknown_before_colour(clause: Clause, at: int) -> bool:
    """Whether an unknown word stands right before a colour: "turn the tank blue"."""
    following = clause.items[at + 1 : at + 2]
    return clause.items[at].kind == "word" and bool(following) and following[0].has("colour", "recolours")


def _solid(item: Item) -> bool:
    return item.kind == "word" or item.has("object") or item.meanings["found"].name == "background"


def _backdrop(clause: Clause) -> bool:
    """Whether a plain background is asked for, in whatever words: "needs an all white background"."""
    background = any(clause.items[at].meanings["found"].name == "background" for at in clause.positions("found"))
    graded = clause.has("movers:up", "movers:down", "complaints", "verb", "comparative", "keepers")
    return background and clause.has("recolours") and not graded


def _recoloured(clause: Clause) -> bool:
    """Whether a thing is to be given another colour or form: "make the shirt white", "change the hat into a crown"."""
    verb = clause.first("refused:change")
    if verb is None or clause.has("complaints"):
        return False
    named = [at for at in clause.positions("object", "found") if at > verb]
    named = named or [at for at in range(verb + 1, len(clause.items)) if _unknown_before_colour(clause, at)]
    if not named:
        return any(item.text == "from" for item in clause.items[verb:]) and clause.has("recolours")
    moved = clause.has("movers:up", "movers:down")
    plain = any(at > named[0] for at in clause.positions("recolours")) and not moved
    coloured = any(at > named[0] for at in clause.positions("colour")) and not moved and not clause.has("degree")
    if any(_solid(clause.items[at]) for at in named) and (plain or coloured):
        return True
    changed = clause.items[verb].text in ("change", "turn", "transform", "swap", "replace", "convert")
    return changed and not clause.has("noun", *SHIFTS, *COLOURS, "look")


ACTING = (*MOVES, "makers", "phrase", "look", "geometry", "keepers", "except")


def _acts(item: Item) -> bool:
    """Whether an item is a wish of its own after something was taken away, and no participle ("blurred")."""
    return item.has("verb", "comparative") and not item.has("adjective", "fault")


def refused(clause: Clause, context: Context) -> str:
    """The name of the kind of impossible thing the clause asks for, or an empty string."""
    if clause.starts("keepers"):
        return "objects" if clause.has("only") and clause.has("found", "object") else ""
    at = clause.first("impossible")
    if at is not None and not clause.purpose:
        return clause.items[at].meanings["impossible"].name
    kind = {"away": "objects", "in": "adding"}.get(_taken(clause), "")
    if kind:
        return kind
    if _recoloured(clause) or _backdrop(clause):
        return "replacing"
    gone = clause.first("refused:gone")
    flawed = clause.has("flaws") and not clause.has("movers:up", "movers:down", "verb", "comparative")
    if flawed or (gone is not None and not clause.purpose and any(_is_thing(item) for item in clause.items[:gone])):
        return "objects"
    if context.away and not clause.has(*ACTING) and not any(_acts(item) for item in clause.items):
        lead = Clause((Item("word", "", "", {}), *clause.items))
        return context.away if _is_thing(_object_of(lead, 0)) else ""
    return ""


def sentence(kind: str, clause: Clause) -> str:
    """What cannot be done, in the user's words, and why."""
    words = [item.said for item in clause.items]
    said = " ".join(words[:WORDS_KEPT]) + (" …" if len(words) > WORDS_KEPT else "")
    return f"“{said}”: {lexicon().reasons[kind]}"
