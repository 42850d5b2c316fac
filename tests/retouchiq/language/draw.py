"""Draws requests to be labelled: ``python tests/retouchiq/language/draw.py SEED [SHARE]`` prints id and text.

Each stratum is drawn uniformly without replacement by ``random.Random(SEED)`` in the order of the table, ``SHARE``
(default 1) times the number given. Left out: photos and texts that already have a label or were drawn before, and
texts that people copied.

Drawn so far, in this order, all labelled from the text alone before the reader read any of them: seed 41 (``held``),
42 with share 0.5 (``tuned``), then 43 (share 0.7), 44 (0.6), 45 (0.4), 46 (0.3), 47 (0.5), 48 (0.5) and 49 (0.4). 43 to
45 and 47 to 49 were held out until their errors were looked at, and are ``tuned`` since. From 43 on, requests that had
been read while rules were chosen were left out, too.
The 258 labels without a stratum are older and all ``tuned``.
"""

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
REQUESTS = HERE.parents[3] / "shared" / "data" / "requests"
TAKING = ("inpaint_obj", "deform_obj", "color_bg", "flip_obj", "rotate_obj", "edge", "facet_blur")


def _operators(request: dict, *beginnings: str) -> bool:
    return any(operator.startswith(beginnings) for operator in request.get("edit_operators", ()))


def _long(request: dict) -> bool:
    return len(request["text"].split()) >= 22


def _things(request: dict) -> bool:
    return _operators(request, *TAKING)


def _mixed(request: dict) -> bool:
    return _things(request) and _operators(request, "brightness", "contrast", "saturation", "sharpness", "tint", "crop")


def _local(request: dict) -> bool:
    return any("@region" in operator for operator in request.get("edit_operators", ())) and not _things(request)


STRATA: dict[str, tuple[int, Callable[[dict], bool]]] = {
    "forum": (60, lambda request: request["id"].startswith("gier")),
    "comparison": (60, lambda request: request["id"].startswith("fivekreq")),
    "long": (40, _long),
    "things": (50, _things),
    "mixed": (50, _mixed),
    "local": (20, _local),
}
"""What is drawn of each kind; the operators are what experts saw changed and only say where to look."""


def _photo(name: str) -> str:
    return name.rsplit("-", 1)[0] if name.startswith("gier") else name


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def drawn(requests: list[dict], seed: int, share: float, seen: set[str]) -> Iterator[tuple[str, dict]]:
    """Stratum and request of every draw; ``seen`` holds ids, photos and plain texts that are left out, and grows."""
    choose = random.Random(seed)
    for name, (size, fits) in STRATA.items():
        left = [request for request in requests if fits(request)]
        choose.shuffle(left)
        count = 0
        for request in left:
            marks = {_photo(request["id"]), _plain(request["text"])}
            if count < round(size * share) and not marks & seen:
                seen |= marks
                count += 1
                yield name, request


def main() -> None:
    requests = [json.loads(line) for name in ("gier", "fivekreq") for line in (REQUESTS / f"{name}.jsonl").open()]
    texts = {request["id"]: request["text"] for request in requests}
    labelled = [json.loads(line)["id"] for line in (HERE / "labels.jsonl").open()]
    seen = {mark for name in labelled for mark in (_photo(name), _plain(texts[name]))}
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    for name, request in drawn(requests, int(sys.argv[1]), share, seen):
        print(f"{name}\t{request['id']}\t{request['text']!r}")


if __name__ == "__main__":
    main()
