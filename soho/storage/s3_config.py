"""Where a bucket is: apart from boto3, which takes long to load and is not needed to say it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class S3Config:
    """Where the bucket is and who we are there, by the names of the `R2_*` variables.

    `public_url` is the bucket's public address, "" if it has none. `cache_control` goes with each object, for
    those who read it from there: an hour, so that what is taken down is gone soon.

    `page_keys` is how many names one request of a listing asks for.
    """

    endpoint_url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    bucket: str
    public_url: str = ""
    region: str = "auto"
    cache_control: str = "public, max-age=3600"
    page_keys: int = 1000
