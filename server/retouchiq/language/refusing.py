"""Parts of an instruction that no parameter can do: taking away, adding, replacing and reshaping things."""

from __future__ import annotations

from retouchiq.language.clauses import COLOURS, MOVES, PLACES, SHIFTS, Clause, Item
from retouchiq.language.lexicon import lexicon
from retouchiq.language.places import region_of
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


QUANTITIES = ("couple", "bunch", "group", "pair", "lots", "piece", "pieces", "part", "parts", "patches", "rest", "side")


def _ends(item: Item, head: Item) -> bool:
    """Whether an item ends what the verb is about, ``head`` being its noun so far."""
    if item.text == "of":
        return head.text not in QUANTITIES and not _shadow(head)
    if item.has("prepositions") or (item.has("geometry") and _nominal(head)):
        return True
    region = item.get("region")
    side = region is not None and region.name in TRIMMED and not item.has(*ADJUSTABLE)
    return (side and _nominal(head)) or (_nominal(head) and item.kind == "word" and item.text.endswith(("ing", "ed")))


def _object_of(clause: Clause, verb: int) -> Item | None:
    """The head noun of what follows a verb: the last thing before a preposition or the end."""
    head: Item | None = None
    out = clause.items[verb].text.endswith(" out")
    for item in clause.items[verb + 1 :]:
        if item.has("except") or (head is not None and (_ends(item, head) or (out and item.text == "of"))):
            break
        if not _silent(item):
            head = item
    return head


def _shadow(item: Item) -> bool:
    noun = item.get("noun")
    return noun is not None and noun.name == "shadows"


CASTLESS = ("face", "foreground", "background", "sky")


def _owned_shadow(clause: Clause) -> bool:
    """Whether what somebody casts is to be taken away: "remove the man's shadow"."""
    verb = clause.first("refused:away")
    owners = [at for at in clause.positions("found", "object") if region_of(clause.items[at]).name not in CASTLESS]
    owned = [at for at in owners if any(_shadow(item) for item in clause.items[at + 1 : at + 2])]
    return verb is not None and any(at > verb for at in owned)


POSSESSIVES = ("his", "her", "their", "its")


def _thrown(clause: Clause) -> bool:
    """Whether the clause goes on to take away the shadow of what went before: "remove the man and his shadow"."""
    verb = clause.first("refused:away")
    thing = _object_of(clause, verb) if verb is not None else None
    whose = clause.lent or any(item.text in POSSESSIVES for item in clause.items)
    return thing is not None and _shadow(thing) and whose


def _is_thing(item: Item | None) -> bool:
    """Whether it is a thing in the picture rather than a quality of it."""
    if item is None or item.has("geometry"):
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


LOOSE = ("photoshop", "photo shop", "edit", "ps", "cut")
ARTICLES = ("a", "the", "your", "my", "some", "of", "in", "at", "with", "good", "any")


def _loose(clause: Clause, verb: int) -> bool:
    """Whether a verb only says how pictures are made: "a photoshop expert", "photoshop it like a pro"."""
    if verb > 0 and clause.items[verb - 1].text in ("a", "an", "the", "my", "his", "her"):
        return True
    if clause.items[verb].text not in LOOSE:
        return False
    noun = verb > 0 and clause.items[verb - 1].text in ARTICLES
    following = clause.items[verb + 1 : verb + 2]
    return noun or any(item.has("pronouns", "pictures", "craft") or item.text == "this" for item in following)


def _passive(clause: Clause, verb: int) -> bool:
    """Whether a participle tells what was done: "they were attached to the fence"."""
    been = any(item.text in ("was", "were", "is", "are", "been", "got") for item in clause.items[:verb])
    return been and clause.items[verb].text.endswith("ed")


def _colour_of(clause: Clause, at: int) -> bool:
    """Whether the colour that is taken away only tells which thing is: "remove the color spot"."""
    phrase = clause.items[at].get("phrase")
    following = clause.items[at + 1 : at + 2]
    return phrase is not None and phrase.name == "monochrome" and bool(following) and _is_thing(following[0])


def _taken(clause: Clause) -> str:
    """``away`` or ``in`` where the clause takes a thing away or brings one in."""
    for at, item in enumerate(clause.items):
        if _colour_of(clause, at):
            return "away"
        for kind in ("away", "in"):
            if not item.has(f"refused:{kind}") or _loose(clause, at):
                continue
            thing = _object_of(clause, at)
            if kind == "in" and (
                _passive(clause, at)
                or item.text == "including"
                or item.has("object")
                or (thing and thing.has("abstract"))
            ):
                continue
            if kind == "in" and clause.purpose and thing is not None and not thing.has("object", "found"):
                continue
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
    """Whether an unknown word stands right before a colour: "turn the tank blue", "make the counter top white"."""
    following = [item for item in clause.items[at + 1 : at + 3] if not item.has("region")]
    return clause.items[at].kind == "word" and bool(following) and following[0].has("colour", "recolours")


CHANGING = ("change", "turn", "transform", "swap", "replace", "convert", "paint", "color", "colour")


def _exchanged(clause: Clause, verb: int) -> list[int]:
    """Where an unknown thing is that gets another colour: "change this sofa to black"."""
    end = next(
        (at for at, item in enumerate(clause.items) if at > verb and item.text.split()[0] in ("to", "into")), None
    )
    if end is None or clause.items[verb].text not in CHANGING:
        return []
    return [at for at in range(verb + 1, end) if clause.items[at].kind == "word"]


def _solid(item: Item) -> bool:
    return item.kind == "word" or item.has("object") or item.meanings["found"].name == "background"


def _backdrop(clause: Clause) -> bool:
    """Whether a plain background is asked for, in whatever words: "needs an all white background"."""
    background = any(clause.items[at].meanings["found"].name == "background" for at in clause.positions("found"))
    graded = clause.has("movers:up", "movers:down", "complaints", "verb", "comparative", "keepers", "phrase")
    return background and clause.has("recolours") and not graded


def _recoloured(clause: Clause) -> bool:
    """Whether a thing is to be given another colour or form: "make the shirt white", "change the hat into a crown"."""
    verb = clause.first("refused:change")
    if verb is None or clause.has("complaints"):
        return False
    named = [at for at in clause.positions("object", "found") if at > verb]
    named = named or [at for at in range(verb + 1, len(clause.items)) if _unknown_before_colour(clause, at)]
    named = named or _exchanged(clause, verb)
    if not named:
        return (
            any(item.text == "from" for item in clause.items[verb:])
            and clause.has("recolours")
            and not clause.has("pictures")
        )
    moved = clause.has("movers:up", "movers:down") or any(item.text.endswith(" more") for item in clause.items)
    plain = any(at > named[0] for at in clause.positions("recolours")) and not moved
    coloured = any(at > named[0] for at in clause.positions("colour")) and not clause.has("degree", "comparative")
    coloured = coloured and not moved
    if any(_solid(clause.items[at]) for at in named) and (plain or coloured):
        return True
    changed = clause.items[verb].text in CHANGING[:6]
    return changed and not clause.has("noun", *SHIFTS, *COLOURS, "look")


ACTING = (*MOVES, "makers", "phrase", "look", "geometry", "keepers", "except")


def _acts(item: Item) -> bool:
    """Whether an item is a wish of its own after something was taken away, and no participle ("blurred")."""
    return item.has("verb", "comparative") and not item.has("adjective", "fault")


def _was(clause: Clause, at: int) -> bool:
    """Whether a participle only tells how the picture came to be: "this enlarged yearbook photo"."""
    if any(item.text == "of" for item in clause.items[max(at - 2, 0) : at]):
        return True  # "this picture of a poster"
    made = clause.items[at].text.endswith("ed") and " " not in clause.items[at].text
    return made and any(item.has("pictures") for item in clause.items[at + 1 : at + 3])


MOVING = ("move", "expand", "extend", "stretch", "shrink", "compress")


def _moves_quality(clause: Clause, at: int) -> bool:
    """Whether what is moved or stretched is a quality: "move the tones towards blue"."""
    quality = clause.has("noun", *COLOURS) and not clause.has("object", "found")
    return quality and clause.items[at].text.startswith(MOVING) and all(item.kind != "word" for item in clause.items)


def _differs(clause: Clause) -> bool:
    """Whether one of two pictures has things the other has not: "the desired image does not have people"."""
    told = clause.has("sources", "sources:targets") and any(item.text in HAVING for item in clause.items)
    things = any(clause.items[at].text not in SKIES for at in clause.positions("object", "found"))
    others = [item for item in clause.items if item.text not in HAVING]
    return told and things and not any(item.has("noun", *SHIFTS, *COLOURS, *MOVES) for item in others)


HAVING = ("has", "have", "shows", "there is", "there are", "is in", "does not")
SKIES = ("sky", "background", "foreground", "clouds", "skies")


def _becomes(clause: Clause, at: int) -> bool:
    """Whether the picture is to become something else, if only as a purpose: "to make it look like a drawing"."""
    painted = clause.items[at].meanings["impossible"].name == "generating"
    return painted and any(item.text in ("like", "into") for item in clause.items[:at])


WORN = ("in", "with", "wearing", "dressed in")


def worn(clause: Clause, context: Context) -> bool:
    """Whether colours only tell who is to go: "remove the two people (in the blue and green)"."""
    own = [item for item in clause.items if not (clause.lent and item.has("refused:away"))]
    said = any(item.has(*MOVES, "makers", "verb", "comparative", "casts") for item in own)
    if not context.away or said or not any(item.has(*COLOURS) for item in own):
        return False
    return own[0].text in WORN or (context.worn and all(item.has(*COLOURS, "transparent") for item in own))


def refused(clause: Clause, context: Context) -> str:
    """The name of the kind of impossible thing the clause asks for, or an empty string."""
    if clause.starts("keepers"):
        return "objects" if clause.has("only") and clause.has("found", "object") else ""
    at = clause.first("impossible")
    told = at is not None and (_moves_quality(clause, at) or _was(clause, at))
    if at is not None and (not clause.purpose or _becomes(clause, at)) and not told:
        return clause.items[at].meanings["impossible"].name
    kind = {"away": "objects", "in": "adding"}.get(_taken(clause), "")
    if kind:
        return kind
    if _owned_shadow(clause) or (context.away == "objects" and _thrown(clause)):
        return "objects"
    if _differs(clause):
        return "objects"
    if _recoloured(clause) or _backdrop(clause):
        return "replacing"
    gone = clause.first("refused:gone")
    flawed = clause.has("flaws") and not clause.has("movers:up", "movers:down", "verb", "comparative")
    if flawed or (gone is not None and not clause.purpose and any(_is_thing(item) for item in clause.items[:gone])):
        return "objects"
    if context.away and not clause.has(*ACTING) and not any(_acts(item) for item in clause.items):
        lead = Clause((Item("word", "", "", {}), *clause.items))
        named = _object_of(lead, 0)
        cast = named is not None and _shadow(named) and context.away == "objects"
        return context.away if _is_thing(named) or cast else ""
    return ""


def sentence(kind: str, clause: Clause) -> str:
    """What cannot be done, in the user's words, and why."""
    words = [item.said for item in clause.items]
    said = " ".join(words[:WORDS_KEPT]) + (" …" if len(words) > WORDS_KEPT else "")
    return f"“{said}”: {lexicon().reasons[kind]}"
