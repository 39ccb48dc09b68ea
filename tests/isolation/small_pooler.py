"""A transaction-mode pooler of the smallest kind, for where PgBouncer is not installed.

`python -m tests.isolation.small_pooler FOLDER SIZE USER DSN [USER DSN …]` listens on a PostgreSQL socket in FOLDER. Of
each user there are SIZE connections to the server; a client gets one for as long as its transaction lasts. As with
PgBouncer, what a client sets for the session stays on the server's connection, for whoever comes next.
"""

import asyncio
import os
import socket
import sys
from pathlib import Path

import psycopg

Server = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_QUERY, _SYNC, _TERMINATE, _READY, _IDLE = b"Q", b"S", b"X", b"Z", b"I"
_PARAMETERS = (
    "server_version", "server_encoding", "client_encoding", "DateStyle", "TimeZone", "integer_datetimes",
    "standard_conforming_strings", "IntervalStyle",
)  # fmt: skip


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


async def _receive(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    size = int.from_bytes(await reader.readexactly(4), "big")
    return kind, await reader.readexactly(size - 4)


class Pool:
    """The connections of one user, signed in by libpq and taken over from it."""

    def __init__(self) -> None:
        """Have none yet."""
        self.free: asyncio.Queue[Server] = asyncio.Queue()
        self.greeting = b""
        self._signed_in: list[psycopg.Connection[tuple[object, ...]]] = []

    async def fill(self, dsn: str, size: int) -> None:
        """Sign in so many times, and learn what PostgreSQL tells a client at the beginning."""
        for _ in range(size):
            connection = psycopg.connect(dsn, autocommit=True)
            self._signed_in.append(connection)  # or it would be closed
            taken = socket.socket(fileno=os.dup(connection.fileno()))
            self.free.put_nowait(await asyncio.open_connection(sock=taken))
        told = [
            (name, value)
            for name in _PARAMETERS
            if (value := connection.info.parameter_status(name)) is not None
        ]
        self.greeting = (
            _message(b"R", bytes(4))
            + b"".join(_message(b"S", f"{name}\0{value}\0".encode()) for name, value in told)
            + _message(b"K", bytes(8))
            + _message(_READY, _IDLE)
        )


async def _serve(pools: dict[str, Pool], client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
    server: Server | None = None
    pool: Pool | None = None
    try:
        size = int.from_bytes(await client.readexactly(4), "big")
        fields = (await client.readexactly(size - 4))[4:].split(b"\0")
        pool = pools[dict(zip(fields[::2], fields[1::2], strict=False))[b"user"].decode()]
        answer.write(pool.greeting)
        while True:
            kind, body = await _receive(client)
            if kind == _TERMINATE:
                return
            server = server or await pool.free.get()
            server[1].write(_message(kind, body))
            if kind in {_QUERY, _SYNC} and await _pass_on(server[0], answer) == _IDLE:
                pool.free.put_nowait(server)
                server = None
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    finally:
        if server is not None and pool is not None:
            server[1].write(_message(_QUERY, b"ROLLBACK\0"))
            await _pass_on(server[0], None)
            pool.free.put_nowait(server)
        answer.close()


async def _pass_on(server: asyncio.StreamReader, answer: asyncio.StreamWriter | None) -> bytes:
    """Hand over what the server says up to where it is ready; return the state of the transaction."""
    while True:
        kind, body = await _receive(server)
        if answer is not None:
            answer.write(_message(kind, body))
        if kind == _READY:
            if answer is not None:
                await answer.drain()
            return body


async def main(folder: Path, size: int, *users: str) -> None:
    """Listen until killed."""
    pools: dict[str, Pool] = {}
    for user, dsn in zip(users[::2], users[1::2], strict=True):
        pools[user] = Pool()
        await pools[user].fill(dsn, size)

    async def serve(client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        await _serve(pools, client, answer)

    listening = await asyncio.start_unix_server(serve, folder / ".s.PGSQL.6432")
    async with listening:
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
