"""Where objects live: a local folder, or S3/R2; one contract for both."""

from soho.storage.contract import ObjectMissingError, ObjectStat, Storage, StorageError
from soho.storage.keys import InvalidKeyError
from soho.storage.local import LocalConfig, LocalStorage
from soho.storage.s3 import S3Config, S3Storage
from soho.storage.uploads import put_many

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
    return LocalStorage(config) if isinstance(config, LocalConfig) else S3Storage(config)
