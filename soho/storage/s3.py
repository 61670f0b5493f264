"""Objects in an S3 bucket: Cloudflare R2, MinIO, AWS and their like."""

import os
import secrets
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from soho.storage.contract import CHUNK_BYTES, ObjectMissingError, ObjectStat, StorageError
from soho.storage.keys import check_key, content_type_of
from soho.storage.s3_config import S3Config

_THERE_ALREADY = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_PART_BYTES = 16 * 1024 * 1024
_TRANSFER = TransferConfig(
    multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES, max_concurrency=4, use_threads=True
)
_DELETES_AT_ONCE = 8
_LONGEST_SIGNATURE = 7 * 24 * 3600


class S3Storage:
    """Keeps each object under its key in the configured bucket. TLS certificates are always verified."""

    def __init__(self, config: S3Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._opened: tuple[int, Any] | None = None

    def put(self, key: str, path: Path, content_type: str) -> None:
        """Upload the file, in side-by-side parts above 16 MiB; the object appears when all of it is there."""
        if content_type_of(key) != content_type:
            raise ValueError(f"{key!r} is stored as {content_type_of(key)}, not as {content_type}.")
        extra = {"ContentType": content_type, "CacheControl": self._config.cache_control}
        bucket = self._config.bucket
        with self._talking():
            if path.stat().st_size < _PART_BYTES:
                # By itself: what parts need (threads, a queue) costs a small file as much as its sending.
                with path.open("rb") as file:
                    self._client.put_object(Bucket=bucket, Key=key, Body=file, **extra)
            else:
                self._client.upload_file(str(path), bucket, key, ExtraArgs=extra, Config=_TRANSFER)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        check_key(key)
        if length is not None and length <= 0:
            if self.stat(key) is None:
                raise ObjectMissingError(key)
            return iter(())
        end = "" if length is None else start + length - 1
        wanted = {"Range": f"bytes={start}-{end}"} if start or length is not None else {}
        try:
            with self._talking():
                answer = self._client.get_object(Bucket=self._config.bucket, Key=key, **wanted)
        except _NoSuchObject as error:
            raise ObjectMissingError(key) from error
        except _PastTheEnd:
            return iter(())
        return self._chunks(answer["Body"])

    def stat(self, key: str) -> ObjectStat | None:
        check_key(key)
        try:
            with self._talking():
                answer = self._client.head_object(Bucket=self._config.bucket, Key=key)
        except _NoSuchObject:
            return None
        return ObjectStat(
            key=key,
            size=answer["ContentLength"],
            etag=answer["ETag"].strip('"'),
            content_type=answer["ContentType"],
            modified=answer["LastModified"],
        )

    def delete(self, keys: Iterable[str]) -> None:
        # One request a key, side by side: the request for many at once needs a checksum header that not every
        # store takes, and reports its errors in a body of its own.
        wanted = [check_key(key) for key in keys]
        if wanted:
            with ThreadPoolExecutor(min(_DELETES_AT_ONCE, len(wanted)), thread_name_prefix="delete") as pool:
                list(pool.map(self._delete, wanted))

    def keys(self, prefix: str = "") -> Iterator[ObjectStat]:
        more: dict[str, str] = {}
        while True:
            with self._talking():
                page = self._client.list_objects_v2(
                    Bucket=self._config.bucket, Prefix=prefix, MaxKeys=self._config.page_keys, **more
                )
            for found in page.get("Contents", ()):
                try:
                    content_type = content_type_of(found["Key"])
                except ValueError:
                    continue  # somebody else's object in our bucket
                yield ObjectStat(
                    key=found["Key"],
                    size=found["Size"],
                    etag=found["ETag"].strip('"'),
                    content_type=content_type,
                    modified=found["LastModified"],
                )
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def signed_url(self, key: str, seconds: int) -> str | None:
        wanted = {"Bucket": self._config.bucket, "Key": check_key(key)}
        seconds = max(1, min(seconds, _LONGEST_SIGNATURE))
        with self._talking():
            url: str = self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)
        return url

    def public_url(self, key: str) -> str | None:
        check_key(key)
        return f"{self._config.public_url.rstrip('/')}/{quote(key)}" if self._config.public_url else None

    def create(self) -> None:
        with self._talking():
            try:
                # Not in the region "auto", which only R2 knows as a place.
                self._connect(region="us-east-1").create_bucket(Bucket=self._config.bucket)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _THERE_ALREADY:
                    raise

    def check(self) -> None:
        key = f"checks/{secrets.token_hex(8)}.txt"
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"soho")
            file.flush()
            self.put(key, Path(file.name), content_type_of(key))
        if b"".join(self.open(key)) != b"soho":
            raise StorageError("R2_ENDPOINT_URL: what was stored there reads back as something else.")
        self.delete([key])

    @property
    def _client(self) -> Any:
        """The client of this process:

        it is safe between threads, but its connections must not cross a fork.
        """
        with self._lock:
            if self._opened is None or self._opened[0] != os.getpid():
                self._opened = os.getpid(), self._connect()
            return self._opened[1]

    def _connect(self, region: str = "") -> Any:
        # A session of its own: boto3's default one may not be used by several threads.
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self._config.endpoint_url,
            aws_access_key_id=self._config.access_key_id,
            aws_secret_access_key=self._config.secret_access_key,
            region_name=region or self._config.region,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                retries={"mode": "standard", "max_attempts": 4},
                connect_timeout=5,
                read_timeout=60,
                max_pool_connections=32,
                # R2 refuses the checksum trailers that boto3 sends by default.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def _delete(self, key: str) -> None:
        with self._talking():
            self._client.delete_object(Bucket=self._config.bucket, Key=key)

    def _chunks(self, body: Any) -> Iterator[bytes]:
        try:
            with self._talking():
                yield from body.iter_chunks(CHUNK_BYTES)
        finally:
            body.close()

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except S3UploadFailedError as error:
            cause = error.__context__
            raise self._said(cause if isinstance(cause, ClientError) else error) from error
        except (ClientError, BotoCoreError, ValueError) as error:
            raise self._said(error) from error

    def _said(self, error: Exception) -> Exception:
        """Say what the store answered:

        an absent object, an impossible range, or a sentence naming the variable.
        """
        code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
        if code in _MISSING:
            return _NoSuchObject()
        if code == "InvalidRange":
            return _PastTheEnd()
        bucket, endpoint = self._config.bucket, self._config.endpoint_url
        if code == "NoSuchBucket":
            sentence = f"R2_BUCKET_NAME: there is no bucket {bucket!r} at {endpoint}."
        elif code == "InvalidAccessKeyId":
            sentence = f"R2_ACCESS_KEY_ID: {endpoint} does not know this key."
        elif code == "SignatureDoesNotMatch":
            sentence = "R2_SECRET_ACCESS_KEY: this is not the secret of R2_ACCESS_KEY_ID."
        elif code in ("AccessDenied", "Unauthorized", "403", "401"):
            sentence = f"R2_ACCESS_KEY_ID: this key may not read and write the bucket {bucket!r}."
        elif code:
            sentence = f"R2_ENDPOINT_URL: {endpoint} answered {code}."
        else:
            sentence = f"R2_ENDPOINT_URL: {endpoint} cannot be reached ({error})."
        return StorageError(sentence, variable=sentence.partition(":")[0])


class _NoSuchObject(Exception):
    """The store has no object of that name."""


class _PastTheEnd(Exception):
    """The range asked for begins after the object's last byte."""
