"""What a web process may hold: it lives in many copies, on machines that a city pays for."""

import json
import os
import subprocess
import sys

from asn_lms import prepare
from asn_lms.serve import ROOT, environment

# What draws, signs, reads and writes files. Few web processes ever need one of them, and each costs from 1 to 10 MiB: whoever needs one
# imports it in the function that does.
HEAVY = {
    "typst": "drawing papers",
    "segno": "their QR code",
    "fontTools": "their typeface",
    "num2words": "numbers in words on them",
    "pyhanko": "signatures in PDFs",
    "pyhanko_certvalidator": "chains of certificates",
    "pypdf": "pages of PDFs",
    "PIL": "pictures",
    "pyarrow": "tables for analysts",
    "xlsxwriter": "sheets that are written",
    "python_calamine": "sheets that are read",
    "pyld": "credentials, with requests and lxml",
    "requests": "nothing of ours: calls go by asn_lms.lib.outbound",
    "holidays": "the seed of the calendar",
}
LOADED = "import json, sys, asn_lms.wsgi; print(json.dumps(sorted(sys.modules)))"


def test_a_web_process_starts_without_what_only_few_requests_need() -> None:
    """With every page's code loaded, as it is before the first visitor comes."""
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert "enrollments.classroom.views" in loaded
    assert sorted(HEAVY.keys() & loaded) == []


def test_threads_of_the_web_share_their_memory_and_workers_keep_their_own_way() -> None:
    given = {"DATABASE_URL": "postgres://worker@/x", "WEB_DATABASE_URL": "postgres://web@/x"}
    web = environment("web", given)
    assert (web["MALLOC_ARENA_MAX"], web["DATABASE_URL"]) == ("2", "postgres://web@/x")
    assert environment("web", given | {"MALLOC_ARENA_MAX": "4"})["MALLOC_ARENA_MAX"] == "4"
    assert environment("worker", given) == given


def test_the_source_is_compiled_once_even_where_python_may_not_keep_bytecode() -> None:
    from importlib.util import cache_from_source

    kept = cache_from_source(str(ROOT / "asn_lms" / "lib" / "words.py"))
    if os.path.exists(kept):
        os.remove(kept)
    prepare.compile_source()
    assert os.path.exists(kept)
