"""Static files whose names carry a hash of their content, so that a browser may keep them for ever.

Native ES modules import each other by relative paths; those are rewritten to the hashed names too. Files
that were never collected (a checkout, the tests) are served under their plain names, which WhiteNoise finds
in the packages.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from soho.web.assets import JOINED, SHEETS

OUR_FOLDER = "soho/"


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """`collectstatic` hashes, rewrites, compresses; after that an unknown name raises ValueError."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **options: Any) -> None:
        """As the base; imports are looked for in our own modules only.

        Other bundles hold texts that only look like imports, and megabytes to search.
        """
        super().__init__(*args, **options)
        self._patterns[f"{OUR_FOLDER}*.js"] = self._patterns.pop("*.js")

    def stored_name(self, name: str) -> str:
        """The hashed name of `name`; the plain one as long as nothing was ever collected."""
        if not self.hashed_files:
            return name
        return str(super().stored_name(name))

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        """Joins our style sheets into one before the rest: one request in place of some thirty."""
        if not dry_run and all(name in paths for name in SHEETS):
            folder = Path(self.location)
            (folder / JOINED).write_text("".join((folder / name).read_text() for name in SHEETS))
            paths = {**paths, JOINED: (self, JOINED)}
        yield from super().post_process(paths, dry_run, **options)

    def create_compressor(self, **options: Any) -> Compressor:
        """Leaves source maps alone: compressing those megabytes would only slow the first start."""
        options["extensions"] = [*(options.get("extensions") or Compressor.SKIP_COMPRESS_EXTENSIONS), "map"]
        return super().create_compressor(**options)
