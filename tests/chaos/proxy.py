"""A proxy between the fleet and a server: it slows lines, breaks them, or swallows what they carry.

pass      bytes go through
slow      each piece of them waits `delay` seconds first
refuse    lines that are open were reset, new ones are reset
hole      lines stay open, new ones too, and nothing comes through; when it ends, those lines are reset,
          as by a firewall that has forgotten them
"""

import asyncio
import contextlib
import socket
import struct
import threading
from pathlib import Path
from typing import Literal

Mode = Literal["pass", "slow", "refuse", "hole"]

_RESET = struct.pack("ii", 1, 0)  # linger, for no time: closing sends a reset


class Proxy:
    """Listens on a loopback port of its own while its `with` block lasts; `target` is a Unix socket."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._lines: set[asyncio.StreamWriter] = set()
        self._mode: Mode = "pass"
        self._delay = 0.0
        self._passable = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"proxy-{target.name}", daemon=True)
        self._listening = threading.Event()
        self.port = 0

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._loop.stop)
        self._thread.join(10)

    def turn(self, mode: Mode, *, delay: float = 0.0) -> None:
        """Behaves so from now on. Lines that were in a hole, and those that are refused, are reset."""
        done = threading.Event()

        def change() -> None:
            if mode == "refuse" or self._mode == "hole":
                self._reset_all()
            self._mode, self._delay = mode, delay
            (self._passable.clear if mode == "hole" else self._passable.set)()
            done.set()

        self._call(change)
        done.wait(10)

    def cut(self) -> None:
        """Resets every line that is open; new ones are served."""
        self._call(self._reset_all)

    def _call(self, action: object) -> None:
        self._loop.call_soon_threadsafe(action)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._passable.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        self._loop.run_forever()
        server.close()
        self._reset_all()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    def _reset_all(self) -> None:
        for line in self._lines:
            _reset(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "refuse":
            _reset(writer)
            return
        self._lines.add(writer)
        beyond: asyncio.StreamWriter | None = None
        try:
            await self._passable.wait()
            answers, beyond = await asyncio.open_unix_connection(str(self._target))
            pumps = [
                asyncio.ensure_future(self._pump(reader, beyond)),
                asyncio.ensure_future(self._pump(answers, writer)),
            ]
            # Either side's end is the line's end.
            _, left = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in left:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # The server is not there, or the proxy ends: the line is reset below.
        finally:
            self._lines.discard(writer)
            for end in filter(None, (writer, beyond)):
                _reset(end)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65536):
                await self._passable.wait()
                if self._delay:
                    await asyncio.sleep(self._delay)
                target.write(piece)
                await target.drain()


def _reset(line: asyncio.StreamWriter) -> None:
    end = line.get_extra_info("socket")
    with contextlib.suppress(OSError):
        if end is not None and end.family != socket.AF_UNIX:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    line.transport.abort()
