"""Static files as they are served: under a name with their hash, compressed once at set-up."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import brotli
from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LARGE = 150_000  # bytes; beyond that the last percent costs seconds


class _Compressor(Compressor):
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=9 if len(data) > LARGE else 11))


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """Compresses only the hashed names, since pages ask for no others: half the work at a first start."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        hashed = set(self.hashed_files.values())
        yield from super().compress_files([path for path in paths if path in hashed])

    @cached_property
    def known_urls(self) -> dict[str, str]:
        return {}

    def url(self, name: str, force: bool = False) -> str:
        """Worked out once: names carry their hash, so an address holds as long as the process. A page asks for some twenty-five."""
        if settings.DEBUG or force:
            return str(super().url(name, force))
        if name not in self.known_urls:
            self.known_urls[name] = str(super().url(name))
        return self.known_urls[name]

    def create_compressor(self, **options: Any) -> Compressor:
        return _Compressor(**options)
