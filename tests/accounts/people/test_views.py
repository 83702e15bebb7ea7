"""Promises of the screens: numbers stay out of addresses, other units' people do not exist, text is only text."""

import io
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts.agencies.sheet import COLUMNS as AGENCY_COLUMNS
from accounts.jobs.models import Job
from accounts.people.models import User
from accounts.people.queries import Wanted, list_people
from accounts.people.roster import COLUMNS as PEOPLE_COLUMNS
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def officer(who: Cast, client: Client) -> Client:
    client.force_login(who.officer)
    return client


@pytest.fixture
def local(who: Cast) -> Client:
    """An officer of Dinas A alone."""
    client = Client()
    client.force_login(make.person("Lia Lokal", agency=who.a, role="officer"))
    return client


PERSON_PAGES = ["", "edit/", "number/", "transfer/"]
PERSON_POSTS = ["deactivate/", "reactivate/"]


def test_a_person_of_another_agency_answers_like_one_that_never_was(who: Cast, local: Client) -> None:
    for address in PERSON_PAGES + PERSON_POSTS:
        send: Callable[..., Any] = local.post if address in PERSON_POSTS else local.get
        assert send(f"/office/people/{who.other_learner.pk}/{address}").status_code == 404
        assert send(f"/office/people/999999/{address}").status_code == 404
    for address in ("", "edit/", "move/"):
        assert local.get(f"/office/agencies/{who.b.pk}/{address}").status_code == 404
    grant = who.other_head.grants.get()
    assert local.get(f"/office/roles/{grant.pk}/end/").status_code == 404
    for address in ("people/", "agencies/", "roles/"):
        page = local.get(f"/office/{address}").content.decode()
        assert "Dinas B" not in page
        assert "Bima Kepala" not in page
        assert "Lina Peserta" not in page


def test_only_officers_and_administrators_enter_these_rooms(who: Cast, client: Client) -> None:
    rooms = ["people/", "people/new/", "agencies/", "agencies/new/", "roles/", "roles/new/", "audit/", "imports/"]
    for room in rooms:
        assert client.get(f"/office/{room}").status_code == 302
    for person in (who.learner, who.head, who.reviewer, who.trainer):
        client.force_login(person)
        for room in rooms:
            assert client.get(f"/office/{room}").status_code == 403
    client.force_login(who.admin)
    for room in rooms:
        assert client.get(f"/office/{room}").status_code == 200


def test_every_page_of_a_person_opens(who: Cast, officer: Client) -> None:
    for address in PERSON_PAGES:
        assert officer.get(f"/office/people/{who.head.pk}/{address}").status_code == 200
    for address in ("", "edit/", "move/"):
        assert officer.get(f"/office/agencies/{who.a.pk}/{address}").status_code == 200
    assert officer.get(f"/office/roles/{who.head.grants.get().pk}/end/").status_code == 200
    assert officer.get(f"/office/roles/new/?person={who.head.pk}&agency={who.a.pk}&role=head").status_code == 200


def test_a_name_is_looked_for_in_the_address_and_a_number_only_by_post(
    who: Cast, officer: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = officer.post("/office/people/", {"q": "Rina"})
    assert (answer.status_code, answer["Location"]) == (302, "/office/people/?q=Rina")
    number = str(who.learner.nip)
    with caplog.at_level(logging.DEBUG):
        answer = officer.post("/office/people/", {"q": f"{number[:8]} {number[8:14]} {number[14]} {number[15:]}"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Rina Peserta" in page
    assert "Hadi Kepala" not in page
    assert number not in caplog.text
    assert f"={number}" not in page
    asked_by_address = officer.get("/office/people/", {"q": number})
    assert (asked_by_address.status_code, asked_by_address["Location"]) == (302, "/office/people/")


def test_a_name_with_a_slip_of_the_finger_is_still_found(who: Cast, officer: Client) -> None:
    make.person("Hotmaida Sitorus", agency=who.a)
    page = officer.get("/office/people/?q=Hotmaid+Sitorous").content.decode()
    assert "Hotmaida Sitorus" in page


def test_lists_are_narrowed_by_unit_status_and_activity(who: Cast, officer: Client) -> None:
    make.person("Petra Pppk", agency=who.a, employment="pppk")
    gone = make.person("Gani Pergi", agency=who.a)
    User.objects.filter(pk=gone.pk).update(is_active=False, deactivated_on="2026-01-01")
    assert "Petra" not in officer.get("/office/people/?employment=pns").content.decode()
    assert "Lina" not in officer.get(f"/office/people/?unit={who.a.pk}").content.decode()
    assert "Gani" not in officer.get("/office/people/").content.decode()
    assert "Gani" in officer.get("/office/people/?state=inactive").content.decode()
    assert officer.get("/office/people/?unit=x&state=zzz&after=zzz").status_code == 200


def test_pages_follow_each_other_without_gap_or_double(who: Cast) -> None:
    for number in range(75):
        make.person(f"Nama {number % 7}", agency=who.a)
    seen: list[int] = []
    after = None
    while True:
        found = list_people(who.officer, Wanted(), after=after)
        seen += [person.pk for person in found.rows]
        after = found.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == User.objects.managed_by(who.officer).count()


def test_hostile_text_is_shown_as_text(who: Cast, officer: Client) -> None:
    person = make.person(HOSTILE[:60], agency=who.a, post=HOSTILE, title_after=HOSTILE[:100], birth_place=HOSTILE[:90])
    for address in PERSON_PAGES:
        page = officer.get(f"/office/people/{person.pk}/{address}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in page.split("<main")[1].split("</h1>")[0].replace(str(person.pk), "")
    page = officer.get("/office/people/").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(who: Cast, officer: Client) -> None:
    typed = {
        "nip": "1990030220150319",
        "employment": "pns",
        "name": "Satu Rekaan",
        "agency": who.a.code,
        "post": "Analis",
        "post_kind": "pelaksana",
        "from_on": "24-11-2020",
    }
    page = officer.post("/office/people/new/", typed).content.decode()
    assert 'aria-invalid="true"' in page
    assert "16" in page.split('id="id_nip_error"')[1][:300]
    for value in ("Satu Rekaan", who.a.code, "Analis", "24-11-2020"):
        assert f'value="{value}"' in page
    answer = officer.post("/office/people/new/", {**typed, "nip": "19900302 201503 1 901"})
    assert answer.status_code == 302
    person = User.objects.get(nip="199003022015031901")
    assert person.agency == who.a


def test_a_number_that_differs_from_the_profile_is_saved_with_a_warning(who: Cast, officer: Client) -> None:
    typed = {
        "nip": "199003022015031901",
        "employment": "pns",
        "name": "Satu Rekaan",
        "agency": who.a.name,
        "post_kind": "pelaksana",
        "from_on": "2020-11-24",
        "birth_on": "03-03-1990",
        "sex": "2",
    }
    page = officer.post("/office/people/new/", typed, follow=True).content.decode()
    assert "02-03-1990" in page
    assert "03-03-1990" in page


def test_a_unit_that_several_names_fit_is_asked_for_by_code(who: Cast, officer: Client) -> None:
    typed = {"parent": "Dinas", "name": "Bidang", "code": "BD", "kind": "unit", "zone": "Asia/Jakarta"}
    page = officer.post("/office/agencies/new/", typed).content.decode()
    assert who.a.code in page
    assert who.b.code in page
    assert officer.post("/office/agencies/new/", {**typed, "parent": f"Dinas A ({who.a.code})"}).status_code == 302


def test_transferring_deactivating_and_giving_roles_work_from_the_screens(who: Cast, officer: Client) -> None:
    person = who.learner
    answer = officer.post(
        f"/office/people/{person.pk}/transfer/",
        {"agency": who.b.code, "post": "Kasi", "employment": "pns", "rank": "", "from_on": "01-11-2026"},
    )
    assert answer.status_code == 302
    assert User.objects.get(pk=person.pk).agency == who.b
    answer = officer.post(
        "/office/roles/new/",
        {"person": person.nip, "role": "trainer", "agency": who.b.code, "basis": "definitive", "from_on": "01-11-2026"},
    )
    assert answer.status_code == 302
    grant = person.grants.get()
    assert officer.post(f"/office/roles/{grant.pk}/end/", {"until_on": "31-12-2099"}).status_code == 302
    assert officer.post(f"/office/people/{person.pk}/deactivate/", {"reason": "Pensiun"}).status_code == 302
    assert not User.objects.get(pk=person.pk).is_active
    assert officer.post(f"/office/people/{person.pk}/reactivate/").status_code == 302


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("kosong.csv", b"", "0 byte"),
        ("gambar.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89", "gambar"),
        ("berkas.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        ("halaman.csv", b"<!doctype html><html><body>nip,nama</body></html>", "halaman web"),
        ("besar.csv", b"nip,nama\n" + b"1,2\n" * 2_700_000, "10 MB"),
    ],
)
def test_a_wrong_file_gets_a_sentence_beside_the_field(officer: Client, name: str, content: bytes, word: str) -> None:
    answer = officer.post("/office/imports/", {"kind": "people", "file": SimpleUploadedFile(name, content)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert word in page.split('id="id_file_error"')[1][:400]
    assert not Job.objects.exists()


def test_an_import_is_its_owners_alone(who: Cast, officer: Client) -> None:
    officer.post(
        "/office/imports/", {"kind": "people", "file": SimpleUploadedFile("a.csv", b"nip,nama,unit,status\n1,2,3,4\n")}
    )
    job = Job.objects.get()
    assert officer.get(f"/office/imports/{job.uid}/").status_code == 200
    other = Client()
    other.force_login(who.admin)
    assert other.get(f"/office/imports/{job.uid}/").status_code == 404
    assert other.post(f"/office/imports/{job.uid}/confirm/").status_code == 404


@pytest.mark.parametrize(
    "address", ["/office/people/", "/office/agencies/", "/office/roles/", "/office/audit/", "/office/imports/"]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(who: Cast, officer: Client, address: str) -> None:
    def queries() -> int:
        officer.get(address)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert officer.get(address).status_code == 200
        return len(caught)

    def add(count: int) -> None:
        for _number in range(count):
            unit = make.agency(parent=who.a.__class__.objects.get(pk=who.city.pk))
            person = make.person(agency=unit, role="head")
            from accounts.audit.actions import record

            record("person.edited", person, by=who.officer)
            Job.objects.create(task="people.check_import", title="x", owner=who.officer)

    add(3)
    few = queries()
    add(27)
    assert queries() == few <= 12


@pytest.mark.parametrize("kind", ["people", "agencies"])
def test_the_empty_sheet_has_the_columns_of_the_import_and_the_codes_of_ones_own_units(
    who: Cast, local: Client, kind: str
) -> None:
    answer = local.get(f"/office/imports/blank/{kind}/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    columns, codes, _choices = (book.get_sheet_by_index(number).to_python() for number in range(3))
    assert columns == [list({"people": PEOPLE_COLUMNS, "agencies": AGENCY_COLUMNS}[kind])]
    listed = {row[0] for row in codes[1:]}
    assert who.a.code in listed
    assert who.b.code not in listed


def test_there_is_no_empty_sheet_of_anything_else(officer: Client) -> None:
    assert officer.get("/office/imports/blank/courses/").status_code == 404
