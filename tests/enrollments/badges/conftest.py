"""For every test here: papers into a folder of the test; and, on demand, the site at an address that others reach."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def on_the_web(settings: Any) -> None:
    settings.SITE_URL, settings.SITE_HOST = "https://lms.contoh.go.id", "lms.contoh.go.id"
    settings.ALLOWED_HOSTS = [settings.SITE_HOST]
    settings.IS_HTTPS, settings.IS_LOOPBACK = True, False
