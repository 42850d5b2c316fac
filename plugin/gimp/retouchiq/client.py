"""Talks to the RetouchIQ server: JSON and pictures over HTTP on loopback, with the user's token."""

import http.client
import json
import urllib.error
import urllib.request

from failures import Refused, ServerGone
from texts import _

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy
TIMEOUT = 60  # seconds; judging one picture takes about one


class Client:
    """``url``: where the server listens. ``token``: what proves that the caller is this user.

    Every request raises `ServerGone` where nothing answers and `Refused` with the server's own sentence.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._token = token

    def get(self, path: str):
        """The JSON at ``path``."""
        return self._ask("GET", path)

    def post(self, path: str, value: dict):
        """Post ``value`` as JSON; answers JSON."""
        return self._ask("POST", path, json.dumps(value).encode(), "application/json")

    def picture(self, path: str, tiff: bytes):
        """Post a TIFF file; answers JSON."""
        return self._ask("POST", path, tiff, "image/tiff")

    def delete(self, path: str) -> None:
        """Delete what is at ``path``."""
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = ""):
        headers = {"Authorization": f"Bearer {self._token}"} | ({"Content-Type": kind} if kind else {})
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with DIRECT.open(request, timeout=TIMEOUT) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise Refused(_sentence(error)) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ServerGone(
                _("The RetouchIQ server stopped answering ({why}); the image is as it was.").format(why=error)
            ) from error


def _sentence(error: urllib.error.HTTPError) -> str:
    """The server's message and way out, or what HTTP says where there is none."""
    try:
        told = json.loads(error.read())["error"]
        return " ".join(part for part in (told["message"], told.get("way_out")) if part)
    except (ValueError, KeyError, TypeError, OSError, http.client.HTTPException):
        return f"{error.code} {error.reason}"
