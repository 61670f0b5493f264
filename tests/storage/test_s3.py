"""What only a bucket can get wrong: its name, our key, its address; and the addresses it gives out."""

import dataclasses
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from soho.storage import S3Config, S3Storage, StorageError

KEY = "videos/alice/1.mp4"


def sentence_of(config: S3Config) -> StorageError:
    with pytest.raises(StorageError) as caught:
        S3Storage(config).check()
    return caught.value


def test_a_bucket_that_does_not_exist_is_named(s3_config: S3Config) -> None:
    error = sentence_of(dataclasses.replace(s3_config, bucket="elsewhere"))
    assert str(error).startswith("R2_BUCKET_NAME: there is no bucket 'elsewhere' at http://127.0.0.1:")
    assert error.variable == "R2_BUCKET_NAME"


def test_a_server_that_is_not_there_is_named(s3_config: S3Config) -> None:
    with socket.socket() as taken:  # bound but not listening: whoever connects is refused
        taken.bind(("127.0.0.1", 0))
        error = sentence_of(
            dataclasses.replace(s3_config, endpoint_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        )
    assert str(error).startswith("R2_ENDPOINT_URL: http://127.0.0.1:")
    assert "cannot be reached" in str(error)
    assert error.variable == "R2_ENDPOINT_URL"


def test_an_address_that_is_none_is_named(s3_config: S3Config) -> None:
    assert (
        sentence_of(dataclasses.replace(s3_config, endpoint_url="not an address")).variable
        == "R2_ENDPOINT_URL"
    )


@pytest.fixture
def known_key(s3_config: S3Config) -> Iterator[S3Config]:
    """A server that checks keys, signatures and rights while this lasts; and a key without rights."""
    iam = iam_of(s3_config)
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    door = f"{s3_config.endpoint_url}/moto-api/reset-auth"
    httpx.post(door, content=b"0").raise_for_status()
    yield dataclasses.replace(
        s3_config, access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]
    )
    httpx.post(door, content=b"inf").raise_for_status()
    iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
    for name in iam.list_user_policies(UserName="alice")["PolicyNames"]:
        iam.delete_user_policy(UserName="alice", PolicyName=name)
    iam.delete_user(UserName="alice")


def iam_of(config: S3Config) -> Any:
    return boto3.session.Session().client(
        "iam",
        endpoint_url=config.endpoint_url,
        aws_access_key_id=config.access_key_id,
        aws_secret_access_key=config.secret_access_key,
        region_name="us-east-1",
    )


def test_a_wrong_secret_is_named(known_key: S3Config) -> None:
    error = sentence_of(dataclasses.replace(known_key, secret_access_key="not-the-secret"))
    assert str(error) == "R2_SECRET_ACCESS_KEY: this is not the secret of R2_ACCESS_KEY_ID."


def test_a_key_without_rights_is_named(known_key: S3Config) -> None:
    assert str(sentence_of(known_key)) == (
        "R2_ACCESS_KEY_ID: this key may not read and write the bucket 'soho-media'."
    )


@pytest.mark.usefixtures("known_key")
def test_a_key_that_nobody_knows_is_named(s3_config: S3Config) -> None:
    error = sentence_of(s3_config)
    assert str(error).startswith("R2_ACCESS_KEY_ID: ")
    assert error.variable == "R2_ACCESS_KEY_ID"
    assert "alice-secret" not in str(error) + repr(s3_config)


def test_signed_addresses_read_the_object(s3_config: S3Config, tmp_path: Path) -> None:
    storage = S3Storage(s3_config)
    (tmp_path / "film").write_bytes(b"film")
    storage.put(KEY, tmp_path / "film", "video/mp4")

    url = storage.signed_url(KEY, 90)

    assert url is not None
    assert "X-Amz-Expires=90" in url
    answer = httpx.get(url)
    assert (answer.content, answer.headers["content-type"]) == (b"film", "video/mp4")
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_public_addresses_come_from_the_setting(s3_config: S3Config) -> None:
    assert S3Storage(s3_config).public_url(KEY) == f"https://media.example/{KEY}"
    assert S3Storage(dataclasses.replace(s3_config, public_url="")).public_url(KEY) is None


def test_strangers_in_the_bucket_are_not_listed(
    s3_config: S3Config, file_of: Callable[[bytes], Path]
) -> None:
    storage = S3Storage(s3_config)
    httpx.put(f"{s3_config.endpoint_url}/{s3_config.bucket}/Some report.pdf", content=b"x").raise_for_status()
    storage.put(KEY, file_of(b"film"), "video/mp4")
    assert [found.key for found in storage.keys("")] == [KEY]


def test_listing_goes_on_past_the_first_page(s3_config: S3Config, file_of: Callable[[bytes], Path]) -> None:
    storage = S3Storage(dataclasses.replace(s3_config, page_keys=3))
    for number in range(8):
        storage.put(f"videos/bob/{number}.mp4", file_of(b"x"), "video/mp4")
    assert sorted(found.key for found in storage.keys("videos/")) == [f"videos/bob/{n}.mp4" for n in range(8)]
