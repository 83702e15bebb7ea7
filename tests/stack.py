"""The whole product as it is served, for journeys and fault tests: web server, worker and clock under their supervisor.

The fixture `stack` is one for the session, on a database of its own beside the tests'. Rows are made inside `with stack.rows():`.
"""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import override_settings

from asn_lms import embedded
from tests import services
from tests.served import Served

DATABASE = f"test_stack_{services.WORKER}".rstrip("_")
REDIS_URL = services.redis_url(15 - services.NUMBER)
HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]


class Stack(Served):
    """Served on a copy of the migrated template and on a Valkey database of its own."""

    def __init__(self, data_dir: Path, blocker: Any) -> None:
        shutil.rmtree(data_dir, ignore_errors=True)
        services.copy(DATABASE, of=services.template())
        database = services.url_of(DATABASE)
        # Embedded, the web has its own role with its own rights and time limits.
        web = database.replace("//asn_lms@", "//asn_lms_web@")
        super().__init__(data_dir, DATABASE_URL=database, WEB_DATABASE_URL=web, REDIS_URL=REDIS_URL)
        self.blocker = blocker

    @contextlib.contextmanager
    def rows(self) -> Iterator[None]:
        """Inside, Django's models read and write the rows of the served site; for tests without `django_db`."""
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict["NAME"] = DATABASE
        caches = {
            "default": {
                "BACKEND": "asn_lms.lib.cache.ForgivingRedisCache",
                "LOCATION": REDIS_URL,
                "KEY_PREFIX": "asn",
            }
        }
        try:
            with (
                self.blocker.unblock(),
                override_settings(
                    PASSWORD_HASHERS=HASHERS,
                    MEDIA_ROOT=self.data_dir / "media",
                    EMAIL_FILE_PATH=self.data_dir / "mail",
                    CACHES=caches,
                    SITE_URL=self.url,
                    REDIS_URL=REDIS_URL,
                    SECRET_KEY=embedded.secret_key(self.data_dir),  # sessions made here are good there
                ),
            ):
                yield
        finally:
            connection.close()
            connection.settings_dict.update(before)


def folder() -> Path:
    return services.DATA_DIR / "stack"
