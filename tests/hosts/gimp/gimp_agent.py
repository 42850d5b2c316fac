# ruff: noqa: E402  gi wants to know the versions before anything is imported from it
"""Runs inside GIMP, in its Python: executes the code that tests send and answers with what it leaves in ``answer``.

One connection for each piece of code, one line of JSON each way; names stay from one piece to the next.
"""

import json
import os
import socket
import traceback

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio, GLib, GObject

Gegl.init(None)
NAMES = {"Gegl": Gegl, "Gimp": Gimp, "Gio": Gio, "GLib": GLib, "GObject": GObject}


def execute(code):
    NAMES["answer"] = None
    try:
        exec(code, NAMES)
        return {"answer": NAMES["answer"]}
    except Exception:
        return {"error": traceback.format_exc()}


def serve():
    door = socket.socket(socket.AF_UNIX)
    door.bind(os.environ["GIMP_AGENT"])
    door.listen()
    while True:
        connection = door.accept()[0]
        with connection, connection.makefile("rw") as lines:
            lines.write(json.dumps(execute(json.loads(lines.readline()))) + "\n")


serve()
