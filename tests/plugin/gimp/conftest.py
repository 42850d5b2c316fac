"""The parts of the GIMP plug-in that need no GIMP are imported as GIMP imports them: from the plug-in's folder."""

import importlib
import json
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[3] / "plugin" / "gimp" / "retouchiq"

# All that need no GIMP, once and for all: kept on the path, its retouchiq.py would hide the package of that name.
sys.path.insert(0, str(PLUGIN))
for name in ("client", "failures", "homography", "instructions", "loop", "server", "texts", "tiff", "waiting"):
    importlib.import_module(name)
sys.path.remove(str(PLUGIN))


@contextmanager
def served(answer):
    """``answer(method, path, body, headers)`` → (status, JSON value); yields (url, list of "METHOD path" seen)."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append(f"{self.command} {self.path}")
            told = answer(self.command, self.path, body, self.headers)
            if told is None:  # as a server that dies
                self.close_connection = True
                return
            data = json.dumps(told[1]).encode()
            self.send_response(told[0])
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815  http.server's names

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def serving():
    """A real HTTP server that answers as it is told."""
    return served
