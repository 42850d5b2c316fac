"""``retouchiq bench``: measurements of this machine."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retouchiq.cli import judging
from retouchiq.cli.host import add_json, installed_schema, positive, size
from retouchiq.cli.terminal import print_json, progress


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("bench", help="measure this machine")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    render = what.add_parser("render", help="the persistent renderer against darktable-cli, same file, same run")
    render.add_argument("file", type=Path, metavar="FILE")
    render.add_argument("--size", type=size, default=1024, metavar="N", help="long side in px (default: 1024)")
    render.add_argument("--repeat", type=positive, default=5, metavar="K", help="renders each (default: 5)")
    add_json(render)
    render.set_defaults(run=run)
    batch = what.add_parser("batch", help="verified edits of many photos against plain exports, same photos, same run")
    batch.add_argument("files", nargs="+", type=Path, metavar="FOLDER|FILE")
    add_json(batch)
    batch.set_defaults(run=run_batch)
    style = what.add_parser("style", help="how near a learnt style comes to simulated photographers, as Markdown")
    style.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="photos, or a folder with photos/")
    style.add_argument("--taught", type=positive, default=20, metavar="N", help="edits to learn from (default: 20)")
    add_json(style)
    style.set_defaults(run=run_style)
    sheets = what.add_parser("sheets", help="contact sheets of the same few edits of many photos, to be looked at")
    sheets.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="photos, or a folder with photos/")
    sheets.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the sheets go")
    sheets.add_argument("--photos", type=positive, default=30, metavar="N", help="how many photos (default: 30)")
    sheets.add_argument("--size", type=size, default=640, metavar="N", help="long side in px (default: 640)")
    add_json(sheets)
    sheets.set_defaults(run=run_sheets)
    language = what.add_parser("language", help="how requests of real people are understood, against hand-made labels")
    language.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="a folder with requests/")
    language.add_argument("--labels", type=Path, metavar="FILE", help="labels by id (default: the source tree's own)")
    add_json(language)
    language.set_defaults(run=run_language)
    regions = what.add_parser("regions", help="how well skies, subjects and faces are found, against hand outlines")
    regions.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="a folder with photos/ and pairs/")
    regions.add_argument("--outlines", type=Path, metavar="FILE", help="hand outlines (default: the source tree's own)")
    regions.add_argument("--sheet", type=Path, metavar="FILE", help="write a contact sheet of what was found")
    add_json(regions)
    regions.set_defaults(run=run_regions)
    local = what.add_parser("local", help="how much of a local edit's change lies in its region, photo by photo")
    local.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="photos, or a folder with photos/")
    local.add_argument("--outlines", type=Path, metavar="FILE", help="hand outlines (default: the source tree's own)")
    local.add_argument("--size", type=size, default=640, metavar="N", help="long side in px (default: 640)")
    local.add_argument("--sheet", type=Path, metavar="FILE", help="write a contact sheet of all edits")
    add_json(local)
    local.set_defaults(run=run_local)
    judging.add(what)
    serve = what.add_parser("serve", help="what the server adds to each request, renders excluded")
    serve.add_argument("--repeat", type=positive, default=50, metavar="K", help="requests of each kind (default: 50)")
    add_json(serve)
    serve.set_defaults(run=run_serve)
    pairs = what.add_parser("pairs", help="how near edits come to an expert's: PSNR per photo, as Markdown")
    pairs.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="holds pairs/ with its MANIFEST.tsv")
    add_json(pairs)
    pairs.set_defaults(run=run_pairs)
    reference = what.add_parser("reference", help="how close --reference comes, to finished versions and other scenes")
    reference.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="holds pairs/ and photos/")
    reference.add_argument("--sheet", type=Path, metavar="FILE", help="write contact sheets to look at")
    add_json(reference)
    reference.set_defaults(run=run_reference)


def _told(args: argparse.Namespace, answer: Any, written: Callable[[], str]) -> int:
    """Print an answer: as JSON, or as it is ``written`` for people."""
    if args.json:
        print_json(answer)
    else:
        print(written().rstrip("\n"))
    return 0


def run(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render.failure import check_readable
    from retouchiq.bench.render import measure

    check_readable(args.file)
    with progress(quiet=args.json) as say:
        answer = measure(args.file.resolve(), args.size, args.repeat, say)
    return _told(args, answer, lambda: "\n".join(_renders(answer)))


def _renders(answer: dict[str, Any]) -> list[str]:
    lines = [
        f"{name:>8}  {answer[name]['median_seconds']:.3f} s median of {len(answer[name]['runs'])}"
        for name in ("library", "cli")
    ]
    return [*lines, f"   ratio  {answer['cli']['median_seconds'] / answer['library']['median_seconds']:.1f}×"]


def run_batch(args: argparse.Namespace) -> int:
    from retouchiq.batch.find import find
    from retouchiq.bench.batch import measure

    photos = find(args.files).photos
    with progress(quiet=args.json) as say:
        answer = measure(photos, say)
    return _told(args, answer, lambda: "\n".join(_batches(answer)))


def _batches(answer: dict[str, Any]) -> list[str]:
    lines = [
        f"{what:>14}  {answer[name]['seconds']:6.1f} s  {answer[name]['cpu_seconds']:8.1f} s"
        for name, what in (("batch", "verified edits"), ("plain", "plain exports"))
    ]
    ratio = f"{'ratio':>14}  {answer['ratio']:6.2f}×  {answer['cpu_ratio']:8.2f}×"
    return [f"{answer['photos']} photos   elapsed   processor", *lines, ratio]


def run_serve(args: argparse.Namespace) -> int:
    from retouchiq.bench.serve import measure

    with progress(quiet=args.json) as say:
        answer = measure(args.repeat, say)
    return _told(args, answer, lambda: "\n".join(_requests(answer)))


def _requests(answer: dict[str, Any]) -> list[str]:
    lines = [
        f"{name:30}  {request['median_ms']:6.2f} ms  {request['p95_ms']:6.2f} ms"
        for name, request in answer["requests"].items()
    ]
    bar = f"{'bar':30}  {answer['bar_ms']:6.2f} ms  {'met' if answer['ok'] else 'missed'}"
    return [f"{'request':30}  median      p95", *lines, bar]


def run_sheets(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.bench.sheets import evenly, measure, photos_in

    photos = [path.resolve() for path in evenly(photos_in(args.data), args.photos)]
    with progress(quiet=args.json) as say, open_renderer("library") as renderer:
        rows = measure(photos, args.out, renderer, installed_schema(), args.size, say)
    return _told(args, rows, lambda: "\n".join(_sheets(rows, len(photos), args.out)))


def _sheets(rows: list[dict[str, Any]], photos: int, out: Path) -> list[str]:
    failed = [row for row in rows if "error" in row]
    applied = sum(row["applied"] for row in rows if "error" not in row)
    done = f"{photos} photos, {len(rows) - len(failed)} edits, {applied} applied: sheets in {out}"
    return [done, *(f"{row['photo']}: {row['error']}" for row in failed)]


def run_language(args: argparse.Namespace) -> int:
    from retouchiq.bench import language

    tables = language.measure(args.data, args.labels or language.LABELS)
    return _told(args, language.answer(tables), lambda: language.written(tables))


def run_pairs(args: argparse.Namespace) -> int:
    from retouchiq.bench.pairs import measure, table

    with progress(quiet=args.json) as say:
        answer = measure(args.data, say)
    return _told(args, answer, lambda: table(answer))


def run_reference(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.bench.reference import markdown, measure

    with progress(quiet=args.json) as say, open_renderer("library") as renderer:
        answer = measure(args.data, renderer, installed_schema(), say, args.sheet)
    return _told(args, answer, lambda: markdown(answer))


def run_local(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.bench import local
    from retouchiq.bench.outlined import OUTLINES
    from retouchiq.contact import contact_sheet, save

    outlines = args.outlines or OUTLINES
    with progress(quiet=args.json) as say, open_renderer("library") as renderer:
        seen = list(local.measure(args.data, renderer, installed_schema(), args.size, outlines, say=say))
    if args.sheet and seen:
        save(contact_sheet(local.lines(seen), 256), args.sheet)
    cases = [one.case for one in seen]
    return _told(args, local.answer(cases), lambda: local.written(cases))


def run_regions(args: argparse.Namespace) -> int:
    from retouchiq.bench import regions
    from retouchiq.bench.outlined import OUTLINES

    with progress(quiet=args.json) as say:
        answer = regions.measure(args.data, args.outlines or OUTLINES, args.sheet, say)
    return _told(args, answer, lambda: regions.written(answer))


def run_style(args: argparse.Namespace) -> int:
    from hostbridge.darktable.render import open_renderer
    from retouchiq.bench.sheets import photos_in
    from retouchiq.bench.style import measure, written

    photos = [path.resolve() for path in photos_in(args.data)]
    with progress(quiet=args.json) as say, open_renderer("library") as renderer:
        answer = measure(photos, renderer, installed_schema(), args.taught, say)
    return _told(args, answer, lambda: written(answer))
