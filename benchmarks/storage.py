"""Storing and delivering: a folder and an S3 server, against plain file copies and bare clients.

    python -m benchmarks storage [--quick]

**Storing**: the product's `put` into its folder against `shutil.copyfile`, with and without forcing the bytes
to the disk as the product does; `put` and `open` of the S3 storage against boto3's own calls and httpx, on
the same server. That server is moto's, which the tests use: it is written in Python, so MB/s says what that
server does, and the ratios what the product adds. **Delivering**: the product's `/media/` door, with its
question to the database whether one may look, against Starlette's `FileResponse`, both under Granian with one
worker and one thread; whole files and ranges of one megabyte. Sides take turns; a ratio is the median of the
rounds' ratios. Processor time is the client's when storing, the server's when delivering.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from benchmarks.figures import Figure, Plot, Report, paired_ratio, told
from benchmarks.ground import ground
from benchmarks.serving import Served, free_port, serving

SIZES = (0.1, 4.0, 50.0)  # MB: a thumbnail, a clip of eight seconds, a long one
ROUNDS = 5
MEGABYTE = 1_000_000
BUCKET, KEY_ID, SECRET = "soho-bench", "bench-key", "bench-secret"
# Stated: what the product may take of the time of a bare thing that does the same work.
FOLDER_LIMIT, BUCKET_LIMIT = 1.5, 1.2
# A small file costs what its request costs, which has the feed's limit; then the bytes count.
DELIVERY_LIMITS = {0.1: 3.0, 4.0: 2.0, 50.0: 1.2}
DRAFT_LIMIT = 2.5  # of a published one: whose key it is has to be asked first
PARTS = 16.0  # MB: from here on a file goes to the bucket in parts, which this server joins again


@dataclass
class Way:
    """One way to move so many bytes, and what each round cost: seconds, and processor seconds."""

    name: str
    size: float  # MB a time
    move: Callable[[], None]
    cpu: Callable[[], float] = time.process_time
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def go(self, times: int) -> None:
        """One round."""
        spent, began = self.cpu(), time.perf_counter()
        for _ in range(times):
            self.move()
        self.seconds.append((time.perf_counter() - began) / times)
        self.processor.append((self.cpu() - spent) / times)

    def figures(self) -> list[Figure]:
        """As speed and as processor time."""
        speed, cost = self.size / median(self.seconds), median(self.processor) / self.size * 1000
        return [Figure(f"{self.name}, {self.size:g} MB", speed, "MB/s", note=f"{cost:.3g} CPU s/GB")]


@dataclass(frozen=True)
class Pair:
    """Ours and a bare one, and by how much more ours may take; of time, or of the processor's."""

    ours: Way
    bare: Way
    limit: float | None
    of_processor: bool = False

    def figure(self) -> Figure:
        """The ratio."""
        if self.of_processor:
            ratio, what = paired_ratio(self.ours.processor, self.bare.processor), "CPU"
        else:
            ratio, what = paired_ratio(self.ours.seconds, self.bare.seconds), "time"
        name = f"{what}: {self.ours.name} / {self.bare.name}, {self.ours.size:g} MB"
        return Figure(name, ratio, "x", self.limit)


def measure(sizes: Sequence[float] = SIZES, rounds: int = ROUNDS) -> Report:
    """All ways, size by size."""
    ways: list[Way] = []
    pairs: list[Pair] = []
    with ground(SOHO_PREVIEWS="0") as home, ExitStack() as open_:
        files = home / "bench-files"
        files.mkdir(mode=0o755)
        home.chmod(0o755)
        for size in sizes:
            (files / f"{size:g}.mp4").write_bytes(os.urandom(int(size * MEGABYTE)))
        url = open_.enter_context(_s3_server())
        bare = open_.enter_context(
            serving("benchmarks.bare_files:application", interface="asgi", env={"BENCH_FILES": str(files)})
        )
        product = open_.enter_context(serving("soho.config.wsgi:application"))
        from benchmarks.live import people

        ((owner, key),) = people(1)
        for size in sizes:
            source = files / f"{size:g}.mp4"
            made = [
                _into_folder(source, size, home),
                _into_bucket(source, size, url),
                _out_of_bucket(source, size, url),
                *_delivered(_post(source, owner), key, source, product, bare),
            ]
            for some, theirs in made:
                _take_turns(some, rounds)
                ways += some
                pairs += theirs
    title = f"Storing and delivering, {', '.join(f'{one:g}' for one in sizes)} MB"
    figures = [*(pair.figure() for pair in pairs), *(one for way in ways for one in way.figures())]
    return Report("storage", title, figures, [_plot(ways, sizes[-1])])


Made = tuple[list[Way], list[Pair]]


def _take_turns(ways: Sequence[Way], rounds: int) -> None:
    # The system counts another process's time in hundredths of a second, so a round of it lasts some tenths.
    elsewhere = ways[0].cpu is not time.process_time
    times = max(2, round((240 if elsewhere else 40) / ways[0].size))
    times = min(times, 300 if elsewhere else 40)
    for way in ways:
        way.move()  # opens connections, fills caches
    for _ in range(rounds):
        for way in ways:
            way.go(times)


def _into_folder(source: Path, size: float, home: Path) -> Made:
    from soho.storage import LocalConfig, storage_from

    storage = storage_from(LocalConfig(home / "bench-stored"))
    copy = home / "bench-copy.mp4"

    def forced() -> None:
        shutil.copyfile(source, copy)
        for path in (copy, copy.parent):  # the name, too, is only safe once its folder is
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    ours = Way("put into the folder", size, lambda: storage.put("videos/u/c.mp4", source, "video/mp4"))
    safe = Way("copyfile and fsync", size, forced)
    plain = Way("copyfile, not forced to the disk", size, lambda: _drop(shutil.copyfile(source, copy)))
    return [ours, safe, plain], [Pair(ours, safe, FOLDER_LIMIT)]


def _into_bucket(source: Path, size: float, url: str) -> Made:
    client, storage = _client(url), _s3(url)

    def bare() -> None:
        with source.open("rb") as file:
            client.put_object(Bucket=BUCKET, Key="bare.mp4", Body=file, ContentType="video/mp4")

    ours = Way("put into the bucket", size, lambda: storage.put("videos/u/c.mp4", source, "video/mp4"))
    theirs = Way("boto3 put_object", size, bare)
    return [ours, theirs], [
        Pair(ours, theirs, BUCKET_LIMIT if size < PARTS else None),
        Pair(ours, theirs, BUCKET_LIMIT, of_processor=True),
    ]


def _out_of_bucket(source: Path, size: float, url: str) -> Made:
    import httpx

    client, storage = _client(url), _s3(url)
    key = "videos/u/c.mp4"
    storage.put(key, source, "video/mp4")
    address = storage.signed_url(key, 600)
    http = httpx.Client()

    def ours_() -> None:
        for _ in storage.open(key):
            pass

    def boto() -> None:
        for _ in client.get_object(Bucket=BUCKET, Key=key)["Body"].iter_chunks(128 * 1024):
            pass

    def bare() -> None:
        with http.stream("GET", address) as answer:
            for _ in answer.iter_raw():
                pass

    ours, theirs = Way("read from the bucket", size, ours_), Way("boto3 get_object", size, boto)
    return [ours, theirs, Way("httpx GET of the signed address", size, bare)], [
        Pair(ours, theirs, BUCKET_LIMIT),
        Pair(ours, theirs, BUCKET_LIMIT, of_processor=True),
    ]


def _delivered(
    posted: tuple[str, str], key: str, source: Path, product: Served, bare: Served
) -> Iterator[Made]:
    """Whole, published and as a draft to its owner; and by ranges where there is more than one of them."""
    size = source.stat().st_size / MEGABYTE
    published, draft = posted
    owner = {"Authorization": f"Bearer {key}"}
    ours = Way("/media/, published", size, _whole(product, published), product.cpu_seconds)
    own = Way("/media/, a draft to its owner", size, _whole(product, draft, owner), product.cpu_seconds)
    theirs = Way("Starlette FileResponse", size, _whole(bare, f"/{source.name}"), bare.cpu_seconds)
    yield (
        [ours, own, theirs],
        [
            Pair(ours, theirs, DELIVERY_LIMITS[size], of_processor=True),
            Pair(own, ours, DRAFT_LIMIT, of_processor=True),
        ],
    )
    if size >= 4:
        ours = Way("/media/ by 1 MB", size, _ranges(product, published, size), product.cpu_seconds)
        theirs = Way("Starlette by 1 MB", size, _ranges(bare, f"/{source.name}", size), bare.cpu_seconds)
        yield [ours, theirs], [Pair(ours, theirs, DELIVERY_LIMITS[4.0], of_processor=True)]


def _post(source: Path, owner: UUID) -> tuple[str, str]:
    """A published creation and a draft with `source` as their video: the paths of the two."""
    from django.utils import timezone

    from soho.creations.models import Creation
    from soho.creations.objects import storage
    from soho.ids import new_id
    from soho.storage.keys import video_key

    paths = []
    for status, more in (
        ("published", {"username": "maker0", "published_at": timezone.now()}),
        ("draft", {}),
    ):
        made = new_id()
        name = video_key(owner, made)
        storage().put(name, source, "video/mp4")
        Creation.objects.create(
            id=made, user_id=owner, media_type="video", status=status, prompt="Fog", model="diorama",
            aspect_ratio="9:16", seed=1, tokens=10, media_key=name, **more,
        )  # fmt: skip
        paths.append(f"/media/{name}")
    return paths[0], paths[1]


def _whole(server: Served, path: str, headers: dict[str, str] | None = None) -> Callable[[], None]:
    return lambda: _read(server.port, path, headers or {})


def _ranges(server: Served, path: str, size: float) -> Callable[[], None]:
    starts = range(0, int(size * MEGABYTE), MEGABYTE)
    asked = [f"bytes={start}-{start + MEGABYTE - 1}" for start in starts]

    def move() -> None:
        for one in asked:
            _read(server.port, path, {"Range": one})

    return move


_connections: dict[int, Any] = {}
_room = bytearray(1 << 20)


def _read(port: int, path: str, headers: dict[str, str]) -> None:
    """Asks over a connection that stays open, and drops what comes."""
    import http.client

    connection = _connections.setdefault(port, http.client.HTTPConnection("127.0.0.1", port))
    try:
        connection.request("GET", path, headers={"Host": "localhost", **headers})
        answer = connection.getresponse()
    except (http.client.RemoteDisconnected, ConnectionError):  # unused for half a minute
        connection.close()
        connection.request("GET", path, headers={"Host": "localhost", **headers})
        answer = connection.getresponse()
    if answer.status not in (200, 206):
        raise RuntimeError(f"{path} answered {answer.status}")
    while answer.readinto(_room):
        pass


@contextmanager
def _s3_server() -> Iterator[str]:
    """moto's server in a process of its own, with the bucket."""
    from botocore.exceptions import EndpointConnectionError

    port = free_port()
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        client = _client(url)
        until = time.monotonic() + 60
        while True:
            try:
                client.create_bucket(Bucket=BUCKET)
                break
            except EndpointConnectionError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _client(url: str) -> Any:
    import boto3

    return boto3.session.Session().client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )


def _s3(url: str) -> Any:
    from soho.storage import S3Config, storage_from

    return storage_from(S3Config(url, KEY_ID, SECRET, BUCKET))


def _drop(_: object) -> None:
    """Nothing is done with what came."""


def _plot(ways: Sequence[Way], size: float) -> Plot:
    some = [way for way in ways if way.size == size]
    speeds = {"MB/s": [way.size / median(way.seconds) for way in some]}
    return Plot(
        "storage", f"MB a second, files of {size:g} MB", "MB/s", "MB/s", [way.name for way in some], speeds
    )


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(SIZES[:2], 1) if quick else measure(), arguments)


if __name__ == "__main__":
    main()
