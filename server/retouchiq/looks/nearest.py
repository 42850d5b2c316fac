"""Looks found by description."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retouchiq.language.meaning import closest
from retouchiq.looks.collection import looks
from retouchiq.looks.look import Look


def nearest(text: str, count: int = 5) -> list[Look]:
    """The looks that ``text`` describes, best first.

    A look of that name or with that word comes first; the others by meaning: the nearest of the phrases about a look
    and all that is said about it together count alike. On descriptions written for the purpose either alone found less.
    """
    known = looks()
    said = text.strip().lower()
    by_phrase = dict(closest(said, {look.name: _phrases(look) for look in known.values()}))
    by_all = dict(closest(said, {look.name: [look.described()] for look in known.values()}))
    named = {look.name for look in known.values() if said in (look.name, *look.words)}
    ranked = sorted(known, key=lambda name: (name not in named, -by_phrase[name] - by_all[name], name))
    return [known[name] for name in ranked[:count]]


def _phrases(look: Look) -> Sequence[str]:
    said = re.split(r"[:,.;]\s*", f"{look.description} {look.when}")
    return [look.name, *(phrase for phrase in said if phrase), *look.words]
