"""Where the server keeps what it must remember, and how its clients find it: the state folder.

`state()` is private to the user. In it::

    token        the secret that clients send; new whenever others could have read it
    curl.conf    the same as a configuration for curl, so that the token is never on a command line
    url          http://127.0.0.1:PORT, one line; there only while a server runs
    pid          the process id of that server; there only while it runs
    server.lock  held by the running server: one for each user
    server.log   what it did; server.err: what it said when it could not even start
    jobs.sqlite  edits and batches
    uploads/  edits/ID/  batches/ID/

Only who holds the lock is believed: a ``url`` without it was left behind by a server that was killed, and another
user's program may be listening there by now.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

import filelock
import platformdirs

from hostbridge import NotWritable


def state() -> Path:
    """The state folder, made if needed, mode 0700: ``$RETOUCHIQ_STATE``, else ``~/.local/state/retouchiq``.

    Raises `NotWritable` where it cannot be made or belongs to another user.
    """
    folder = Path(os.environ.get("RETOUCHIQ_STATE") or platformdirs.user_state_path("retouchiq")).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.stat()
        if found.st_uid != os.getuid():
            raise NotWritable(
                f"{folder} belongs to user {found.st_uid}, not to you: remove it, or name another in RETOUCHIQ_STATE"
            )
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise NotWritable(
            f"{folder} cannot be used ({error.strerror}): make it a folder of yours, or name one in RETOUCHIQ_STATE"
        ) from error
    return folder


def folder(name: str) -> Path:
    """A folder in the state folder, such as ``uploads``; made if needed, mode 0700."""
    path = state() / name
    path.mkdir(exist_ok=True, mode=0o700)
    return path


def token_file() -> Path:
    return state() / "token"


def curl_config() -> Path:
    """A file for ``curl --config``; `token` writes it."""
    return state() / "curl.conf"


def token() -> str:
    """The user's token (43 characters, 256 random bits), made if there is none.

    A token that others could read or write, or that is not a plain file of the user, is replaced by a new one.
    """
    kept = _private_text(token_file())
    value = kept if kept and len(kept) >= 43 and kept.isascii() and kept.isprintable() else secrets.token_urlsafe(32)
    config = f'header = "Authorization: Bearer {value}"\n'
    for path, text in ((token_file(), f"{value}\n"), (curl_config(), config)):
        if _private_text(path) != text.strip():
            write_private(path, text)
    return value


def write_private(path: Path, text: str) -> None:
    """Make ``text`` the content of ``path``, readable by the user only from the first moment on."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(name, path)  # what others made or hold open is not written into


def _private_text(path: Path) -> str | None:
    """What the file holds, None unless it is a plain file of the user that nobody else can read or write."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        private = stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
        return file.read(4096).decode("utf-8", "replace").strip() if private else None


def lock() -> filelock.FileLock:
    """What the one server of this user holds as long as it runs; not yet acquired.

    `running` looks by trying, so a server waits this long before it believes that there is another.
    """
    return filelock.FileLock(state() / "server.lock", timeout=1, mode=0o600)


def running() -> bool:
    """Whether a server of this user runs, ready or not."""
    probe = lock()
    try:
        probe.acquire(timeout=0)
    except filelock.Timeout:
        return True
    probe.release()
    return False


def claim() -> None:
    """Tell clients which process the server is; only who holds the lock may."""
    write_private(state() / "pid", f"{os.getpid()}\n")


def announce(address: str) -> None:
    """Tell clients where the server is, now that it answers."""
    write_private(state() / "url", f"{address}\n")


def withdraw() -> None:
    """Take back what `claim` and `announce` said, or a server that was killed."""
    for name in ("url", "pid"):
        (state() / name).unlink(missing_ok=True)


def url() -> str | None:
    """Where the running server is; None where none runs."""
    return _private_text(state() / "url") if running() else None


def pid() -> int | None:
    """The process id of the running server; None where none runs."""
    text = _private_text(state() / "pid") if running() else None
    with contextlib.suppress(TypeError, ValueError):
        return int(text)  # type: ignore[arg-type]
    return None
