"""Promises of the import of units."""

import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.agencies.models import Agency
from accounts.agencies.sheet import AgencySheet
from asn_lms.lib.sheets import open_sheet
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> dict[str, object]:
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("import_agencies", str(path), "--json", *options, stdout=out)
    answer: dict[str, object] = json.loads(out.getvalue())
    return answer


def test_parents_may_stand_below_their_children(tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    path.write_text("code;name;parent;kind;zone\nC;Tim;B;unit;\nB;Dinas;A;opd;WITA\nA;Kota;;instansi;WIB\n")
    assert run(path, "--dry-run") == {"created": 3, "updated": 0, "unchanged": 0, "errors": []}
    assert not Agency.objects.filter(code="A").exists()
    assert run(path)["created"] == 3
    team = Agency.objects.get(code="C")
    assert [unit.code for unit in Agency.objects.get_ancestors(team)] == ["A", "B"]
    assert team.zone == "Asia/Makassar"
    assert run(path)["unchanged"] == 3


def test_another_parent_moves_the_unit_and_another_name_renames_it(tmp_path: Path) -> None:
    city = make.agency("Kota", code="A")
    make.agency("Satu", parent=city, code="S")
    two = make.agency("Dua", parent=Agency.objects.get(pk=city.pk), code="D")
    make.agency("Tim", parent=two, code="T")
    path = tmp_path / "u.csv"
    path.write_text("code,name,parent\nT,Tim Baru,S\nS,Satu,\n")
    assert run(path) == {"created": 0, "updated": 1, "unchanged": 1, "errors": []}
    moved = Agency.objects.get(code="T")
    assert moved.name == "Tim Baru"
    assert Agency.objects.get_parent(moved).code == "S"


def test_circles_strangers_and_doubles_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    path.write_text("code,name,parent,kind\nA,Satu,B,\nB,Dua,A,\nC,Tiga,Z,\nD,,,\nE,Lima,,negara\nF,Enam,,\nF,Enam,,\n")
    answer = run(path)
    errors = answer["errors"]
    assert isinstance(errors, list)
    assert {(error["row"], error["column"]) for error in errors} == {
        (2, "parent"),
        (3, "parent"),
        (4, "parent"),
        (5, "name"),
        (6, "kind"),
        (8, "code"),
    }
    assert answer["created"] == 1


def test_an_officer_adds_units_only_below_their_own() -> None:
    who = cast()
    local = make.person(agency=who.a, role="officer")
    content = f"code,name,parent\nX1,Baru,{who.a.code}\nX2,Jauh,{who.b.code}\nX3,Akar,\n{who.b.code},Nama Lain,\n"
    sheet = open_sheet(io.BytesIO(content.encode()))
    importer = AgencySheet(sheet, local)
    outcomes = {outcome.row: outcome.kind for outcome in importer.write(importer.rows)}
    assert outcomes == {2: "created", 3: "refused", 4: "refused", 5: "refused"}
    assert Agency.objects.get(pk=who.b.pk).name == "Dinas B"
