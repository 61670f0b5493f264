"""Where objects live: a local folder, or S3/R2; one contract for both."""

from typing import TYPE_CHECKING, Any

from soho.storage.contract import ObjectMissingError, ObjectStat, Storage, StorageError
from soho.storage.keys import InvalidKeyError
from soho.storage.local import LocalConfig, LocalStorage
from soho.storage.s3_config import S3Config
from soho.storage.uploads import put_many

if TYPE_CHECKING:
    from soho.storage.s3 import S3Storage

__all__ = [
    "InvalidKeyError",
    "LocalConfig",
    "LocalStorage",
    "ObjectMissingError",
    "ObjectStat",
    "S3Config",
    "S3Storage",
    "Storage",
    "StorageError",
    "put_many",
    "storage_from",
]


def storage_from(config: LocalConfig | S3Config) -> Storage:
    """Return the storage that `config` describes. Nothing is opened or written yet; `check` does that."""
    if isinstance(config, LocalConfig):
        return LocalStorage(config)
    from soho.storage.s3 import S3Storage

    return S3Storage(config)


def __getattr__(name: str) -> Any:
    """`S3Storage`, with boto3 beneath it, is loaded when it is asked for: many need neither."""
    if name == "S3Storage":
        from soho.storage.s3 import S3Storage

        return S3Storage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
