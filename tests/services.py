"""The tests have a DATA_DIR and services of their own. Imported by conftest.py before any settings are read.

With DATABASE_URL and REDIS_URL set, those servers are used instead.
"""

import os
import sys
from pathlib import Path

from asn_lms import embedded

if "asn_lms.settings" in sys.modules:
    raise RuntimeError("Unset DJANGO_SETTINGS_MODULE: the tests choose their own database before settings are read.")
if "ASN_LMS_TEST_DATA" not in os.environ:
    os.environ["ASN_LMS_TEST_DATA"] = str(embedded.default_data_dir() / "test")
TEST_DATA = Path(os.environ["ASN_LMS_TEST_DATA"])
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1 …; empty when the suite runs in one process

os.environ["DATA_DIR"] = str(TEST_DATA / WORKER)
os.environ["DJANGO_SETTINGS_MODULE"] = "asn_lms.settings"
os.environ.pop("SITE_URL", None)
if not os.environ.get("DATABASE_URL"):
    urls = embedded.ensure(TEST_DATA)
    os.environ["DATABASE_URL"] = urls.database
    # Each process of the suite has a Valkey database of its own.
    os.environ["REDIS_URL"] = urls.redis.replace("db=0", f"db={int(WORKER.removeprefix('gw') or 0)}")
