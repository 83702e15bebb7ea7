"""Makes database and files ready for this version of the source: `python -m asn_lms.prepare`. Safe at every start.

A step whose result is there already is skipped, so that a second start takes seconds.
"""

import compileall
import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from asn_lms import messages

# We serve htmx from static/vendor; source maps are for nobody.
UNUSED_FILES = ["*.map", "htmx-*.js", "htmax-*.js"]


def main() -> int:
    """Returns the exit code; what fails says why by itself."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
    if not _is_newer(messages.PO_FILE.with_suffix(".mo"), than=messages.PO_FILE):
        messages.compile_to_mo()
    compile_source()
    django.setup()
    _collect_static_files()
    _migrate()
    raise_wall()
    _load_demo()
    return 0


def compile_source() -> None:
    """Bytecode for every process that starts from now on, also where the environment forbids Python to keep it by itself
    (PYTHONDONTWRITEBYTECODE, as containers often have it): compiling at each start takes seconds, and its memory is not given back.
    """
    for folder in ("accounts", "asn_lms", "courses", "enrollments"):
        compileall.compile_dir(settings.BASE_DIR / folder, quiet=2)


def _is_newer(path: Path, *, than: Path) -> bool:
    return path.exists() and path.stat().st_mtime >= than.stat().st_mtime


def _collect_static_files() -> None:
    """Anew only when a source file has changed: compressing takes a while."""
    from django.contrib.staticfiles.finders import get_finders

    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            seen.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    print("Collecting static files.", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_FILES)
    stamp.write_text(seen.hexdigest())


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date.", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def raise_wall() -> None:
    """Where the migration was not allowed to make the roles: perhaps somebody else has made them since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT raise_report_wall()")
        if not cursor.fetchone()[0]:
            print(
                "Reports stand behind one wall only: this server does not let us make the role asn_lms_reports. "
                "Let its administrator run .docker/roles.sql, then start again.",
                flush=True,
            )


def _load_demo() -> None:
    from accounts.models import User

    if os.environ.get("DEMO") == "0" or "demo" not in get_commands() or User.objects.exists():
        return
    print("Loading the demo: a year of Medan.", flush=True)
    call_command("demo", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
