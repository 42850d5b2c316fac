"""``retouchiq render``: one host render."""

from __future__ import annotations

import argparse
from pathlib import Path

from retouchiq.cli.host import RENDERERS, add_json, installed_schema, size
from retouchiq.cli.terminal import print_json, progress


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("render", help="render a photo with darktable, once")
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("out", type=Path, metavar="OUT", help=".jpg, .png (8 bit) or .tif (16 bit)")
    parser.add_argument(
        "--sidecar", type=Path, metavar="F", help="edits to apply (default: the sidecar beside the photo)"
    )
    parser.add_argument("--style", type=Path, metavar="F", help="a .dtstyle to put on top")
    parser.add_argument("--size", type=size, default=1024, metavar="N", help="long side in px (default: 1024)")
    parser.add_argument("--renderer", choices=RENDERERS, default="library", help="(default: library)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from hostbridge.darktable import style
    from hostbridge.darktable.render import open_renderer
    from hostbridge.darktable.render.failure import check_readable
    from hostbridge.darktable.sidecar import Sidecar
    from hostbridge.darktable.writing import check_writable, replace
    from retouchiq.pictures import encode

    check_readable(args.image)
    image = args.image.resolve()
    check_writable(args.out.resolve().parent)
    sidecar = Sidecar.read(args.sidecar) if args.sidecar else None
    with progress(quiet=args.json) as say, open_renderer(args.renderer) as renderer:
        say("rendering")
        render = renderer.render(image, sidecar, args.size)
        if args.style:
            base = sidecar or Sidecar.parse(render.packet)
            styled = base.with_style(style.read(args.style).entries, installed_schema())
            render = renderer.render(image, styled, args.size)
    replace(args.out.resolve(), encode(render.pixels, args.out.suffix))
    height, width = render.pixels.shape[:2]
    if args.json:
        print_json(
            {
                "image": str(image),
                "out": str(args.out),
                "width": width,
                "height": height,
                "renderer": render.renderer,
                "seconds": round(render.seconds, 3),
            }
        )
    else:
        print(f"{args.out}: {width}×{height}, {render.renderer}, {render.seconds:.2f} s")
    return 0
