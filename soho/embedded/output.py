"""What the parts say: whole to a file of bounded size, and line by line to the terminal."""

import sys
from pathlib import Path

MAX_LOG_BYTES = 5 * 1024 * 1024


class LogFile:
    """`NAME.log`, which becomes `NAME.log.1` (replacing the one before) when it reaches its bound."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_LOG_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file = path.open("ab")

    def write(self, line: bytes) -> None:
        """Append one line (with its line end)."""
        if self._file.tell() + len(line) > self._max_bytes:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            self._file = self._path.open("ab")
        self._file.write(line)
        self._file.flush()

    def close(self) -> None:
        """Close the file; further writes are an error."""
        self._file.close()


class Lines:
    """Puts the chunks read from a pipe together to whole lines, none longer than `MAX_LINE` bytes."""

    MAX_LINE = 16 * 1024

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes; an empty chunk (the end) completes what is left."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        if self._rest and (not chunk or len(self._rest) > self.MAX_LINE):
            whole.append(self._rest)
            self._rest = b""
        return [line + b"\n" for line in whole]


def say(text: str) -> None:
    """Print one line for the person at the terminal. A terminal that is gone is no reason to stop serving."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115 - for the rest of the process


def show(name: str, line: bytes) -> None:
    """Print a part's line after the part's name."""
    say(f"{name:<8} | {line.decode(errors='replace').rstrip()}")
