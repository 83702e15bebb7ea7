"""What every test stands on: real PostgreSQL, real Valkey, compiled messages, and the product's own settings but for three."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from tests import services

# isort: split
# `services` comes first: it decides which servers the settings name.
from django.core.cache import cache

from asn_lms import messages
from tests import shifts
from tests.served import Served, forget
from tests.served import bare as bare_start
from tests.stack import Stack, folder

REFERENCE_TABLES = {
    "accounts_holiday",
    "accounts_privacynotice",
    "accounts_rank",
    "courses_competencykind",
    "courses_learningpath",
    "courses_programfamily",
    "courses_surveyterms",
    "courses_trainingtype",
    "enrollments_conversionrule",
    "enrollments_indexpoint",
    "enrollments_yearlytarget",
}


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Who hands tests to the processes of `-n` runs none.
    if services.WORKER or not config.getoption("numprocesses", None):
        services.start()
    # The same examples each time, and a busy machine is no failure.
    hypothesis.settings.register_profile("suite", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("suite")
    if not services.WORKER:
        messages.compile_to_mo()
    # Static files by their plain names, since nothing was collected, and a hash that costs nothing. Processes that
    # tests start for themselves (tests/stack.py) have the real ones.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True
    _keep_reference_rows()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each process of `-n` chooses its servers as this one did, from what was given from outside."""
    services.give_back()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return shifts.Shifts(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if services.WORKER:
        items.sort(key=lambda item: shifts.place(item.nodeid.partition("::")[0]))


def _keep_reference_rows() -> None:
    """A test with real transactions empties the tables behind it; what migrations wrote (ranks, paths, targets …) stays."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    emptied = DatabaseOperations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Any, **options: Any) -> Any:
        return emptied(self, style, [table for table in tables if table not in REFERENCE_TABLES], **options)

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database is a copy of the migrated template, one for each process."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = services.template()
    # A statement that never ends fails its test, and says which it was.
    connection.settings_dict["OPTIONS"]["options"] = "-c statement_timeout=120s"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test sees what another left in the cache or in the queues."""
    yield
    cache.clear()


@pytest.fixture(scope="session")
def stack(django_db_blocker: pytest.FixtureRequest) -> Iterator[Stack]:
    """The product as it is served, with an empty database: see tests/stack.py."""
    served = Stack(folder(), django_db_blocker)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def bare() -> Iterator[Served]:
    """Served with nothing given: embedded services on a folder that is new. A start is dear, so a test takes what stands and says
    how it leaves it.
    """
    data_dir = services.DATA_DIR / "bare"
    forget(data_dir)
    served = bare_start(data_dir)
    yield served
    if served.process is not None and served.process.poll() is None:
        served.stop()
    forget(data_dir)
