"""Asks a ClamAV daemon whether a file holds a virus (the INSTREAM command of clamd), over a socket file or TCP."""

import socket
import struct
from contextlib import closing
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 64 * 1024
SECONDS = 60


class ScannerFailed(Exception):
    """The scanner could not be reached, or did not understand: ask again later."""


def configured() -> bool:
    """Tell whether there is a scanner."""
    return bool(settings.CLAMD)


def finding(content: BinaryIO) -> str:
    """Return the name of the virus in a file, or nothing when there is none."""
    content.seek(0)
    try:
        with closing(_connect()) as line:
            line.sendall(b"zINSTREAM\0")
            while piece := content.read(CHUNK):
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
    except OSError as error:
        raise ScannerFailed(str(error)) from error
    if answer.endswith(" OK"):
        return ""
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND").rpartition(": ")[2][:120]
    raise ScannerFailed(answer[:200])


def _connect() -> socket.socket:
    where: str = settings.CLAMD
    if where.startswith("tcp://"):
        parts = urlsplit(where)
        return socket.create_connection((parts.hostname or "localhost", parts.port or 3310), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(where)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> str:
    read = b""
    while not read.endswith(b"\0"):
        piece = line.recv(4096)
        if not piece:
            break
        read += piece
    return read.rstrip(b"\0").decode("utf-8", "replace").strip()
