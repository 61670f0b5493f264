"""Both storages, for real: a folder on this disk, and an S3 server behind a socket."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from soho.storage import LocalConfig, S3Config, Storage, storage_from

BUCKET = "soho-media"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_config(s3_server: str) -> Iterator[S3Config]:
    config = S3Config(s3_server, "alice-key", "alice-secret", BUCKET, public_url="https://media.example/")
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=s3_server,
        aws_access_key_id="alice-key",
        aws_secret_access_key="alice-secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    yield config
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def local_folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "media"


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """The storage under test; a test that asks for it runs once with each."""
    if request.param == "local":
        return storage_from(LocalConfig(request.getfixturevalue("local_folder")))
    return storage_from(request.getfixturevalue("s3_config"))


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write bytes to a new file and return its path."""
    made: list[Path] = []

    def write(content: bytes) -> Path:
        made.append(tmp_path / f"upload{len(made)}")
        made[-1].write_bytes(content)
        return made[-1]

    return write
