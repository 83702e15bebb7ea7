"""Promises of the pages: a short form that says what it gives, a desk where the oldest stands first."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enrollments.claims.actions import return_claim, verify_claim
from enrollments.claims.models import Claim
from enrollments.credits.queries import year_of_credit
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.claims.fixture import DAY, draft, facts, pdf, photo, sent

pytestmark = pytest.mark.django_db
SAID = {
    "title": "Seminar SPBE",
    "organiser": "Bappenas",
    "path": "KL06",
    "from_on": "2026-03-02",
    "until_on": "2026-03-03",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def mine(client: Client, people: Cast) -> Client:
    client.force_login(people.learner)
    return client


@pytest.fixture
def office(people: Cast) -> Client:
    client = Client()
    client.force_login(people.officer)
    return client


def test_a_claim_with_a_photo_is_kept_shown_with_its_jp_and_sent(mine: Client, people: Cast) -> None:
    answer = mine.post(reverse("claim-new"), {**SAID, "evidence": photo()})
    claim = Claim.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/me/claims/{claim.pk}/")
    assert (claim.state, int(claim.quantity), claim.evidence.count()) == ("draft", 2, 1)
    page = mine.get(answer["Location"]).content.decode()
    assert "Akan memberi 8,0 JP pada 2026." in page or "Akan memberi 8 JP pada 2026." in page
    mine.post(reverse("claim-send", args=[claim.pk]))
    claim.refresh_from_db()
    assert claim.state == "submitted"


def asked(client: Client, part: str, **values: str) -> str:
    answer = client.get(reverse("claim-new"), values, headers={**HTMX, "HX-Target": part})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_form_asks_only_what_the_kind_needs(mine: Client) -> None:
    assert 'name="quantity"' not in asked(mine, "needs", path="KL06")
    assert 'name="quantity"' not in asked(mine, "needs", path="NKL07")
    assert "Jam pelajaran" in asked(mine, "needs", path="KL08")
    assert "Sesi" in asked(mine, "needs", path="NKL01")
    assert "Semester" in asked(mine, "needs", path="PD01")


def test_what_it_gives_is_said_before_anything_is_kept(mine: Client, people: Cast) -> None:
    day = {"path": "KL07", "from_on": "2026-03-02"}
    assert "5" in asked(mine, "gives", **day)
    assert "aturan" in asked(mine, "gives", path="KL12", from_on="2026-03-02")
    for number in range(2):
        done = sent(people.learner, facts=facts(DAY + timedelta(days=number), code="NKL01", quantity=1), why="Lain.")
        verify_claim(done, by=people.officer)
    said = asked(mine, "gives", path="NKL01", from_on="2026-03-09")
    assert "Batasnya sudah habis" in said
    assert "4" in said
    assert Claim.objects.count() == 2


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(mine: Client) -> None:
    for wrong, field in (
        ({"from_on": "", "until_on": ""}, "from_on"),
        ({"until_on": "2026-03-01"}, "until_on"),
        ({"days": "kemarin"}, "days"),
        ({"path": "KL08"}, "quantity"),
        ({"path": "XX"}, "path"),
        ({"evidence": SimpleUploadedFile("kosong.pdf", b"")}, "evidence"),
        ({"evidence": SimpleUploadedFile("halaman.pdf", b"<html></html>")}, "evidence"),
    ):
        page = mine.post(reverse("claim-new"), {**SAID, **wrong})
        assert list(page.context["form"].errors) == [field], wrong
        assert "Seminar SPBE" in page.content.decode()
    assert Claim.objects.count() == 0


def test_what_is_given_back_is_mended_with_the_reason_beside_the_form(mine: Client, people: Cast) -> None:
    claim = return_claim(sent(people.learner), by=people.officer, reason="Foto buram sekali.")
    form = mine.get(reverse("claim-edit", args=[claim.pk])).content.decode()
    assert "Foto buram sekali." in form
    assert claim.title in form
    mine.post(reverse("claim-edit", args=[claim.pk]), {**SAID, "evidence": photo()})
    mine.post(reverse("claim-send", args=[claim.pk]))
    claim.refresh_from_db()
    assert (claim.state, claim.title, claim.evidence.count()) == ("submitted", "Seminar SPBE", 2)
    assert mine.get(reverse("claim-edit", args=[claim.pk])).status_code == 302


def test_who_looks_like_another_is_asked_why_before_it_is_sent(mine: Client, people: Cast) -> None:
    sent(people.learner)
    claim = draft(people.learner)
    page = mine.post(reverse("claim-send", args=[claim.pk]))
    assert list(page.context["send_form"].errors) == ["why_not_same"]
    mine.post(reverse("claim-send", args=[claim.pk]), {"why_not_same": "Sore hari."})
    assert Claim.objects.get(pk=claim.pk).state == "submitted"


def test_drafts_of_a_spreadsheet_get_their_evidence_on_one_screen(mine: Client, people: Cast) -> None:
    days = [DAY + timedelta(days=7 * number) for number in range(3)]
    one, two, three = (draft(people.learner, facts=facts(day), files=[]) for day in days)
    page = mine.get(reverse("claims-bare"))
    assert f'name="evidence-{one.pk}"' in page.content.decode()
    answer = mine.post(
        reverse("claims-bare"),
        {f"evidence-{one.pk}": pdf(), f"evidence-{two.pk}": SimpleUploadedFile("x.pdf", b""), "evidence-999": pdf()},
        follow=True,
    )
    assert two.title in " ".join(str(message) for message in answer.context["messages"])
    states = dict(Claim.objects.values_list("pk", "state"))
    assert (states[one.pk], states[two.pk], states[three.pk]) == ("submitted", "draft", "draft")


def test_the_desk_shows_the_oldest_first_by_unit_and_kind_page_by_page(office: Client, people: Cast) -> None:
    now = timezone.now()
    rows = []
    for number in range(23):
        person = make.person(agency=people.a if number % 2 else people.b)
        claim = sent(person, facts=facts(code="KL07" if number == 3 else "KL06"))
        Claim.objects.filter(pk=claim.pk).update(submitted_at=now - timedelta(hours=number))
        rows.append(claim.pk)
    first = office.get(reverse("office-claims"))
    shown = [row.claim.pk for row in first.context["found"].rows]
    rest = [row.claim.pk for row in office.get(reverse("office-claims") + first.context["next"]).context["found"].rows]
    assert shown + rest == rows[::-1]
    for asked_for, count in (
        ({"unit": people.a.pk}, 11),
        ({"path": "KL07"}, 1),
        ({"unit": people.b.pk, "path": "KL07"}, 0),
    ):
        found = office.get(reverse("office-claims"), asked_for).context["found"].rows
        assert len(found) == count
    assert office.get(reverse("office")).context["desk"].claims == 23


def test_an_officer_decides_on_one_page(office: Client, people: Cast) -> None:
    stays = {"path": "KL06", "scope": "national", "from_on": "2026-03-02"}
    claim = sent(people.learner)
    at = reverse("office-claim", args=[claim.pk])
    page = office.get(at).content.decode()
    assert claim.title in page
    assert str(claim.evidence.get().uid) in page
    answer = office.post(at, {**stays, "do": "return", "reason": ""})
    assert list(answer.context["form"].errors) == ["reason"]
    office.post(at, {**stays, "do": "verify"})
    assert year_of_credit(people.learner, 2026).earned == 4
    office.post(reverse("office-claim-take-back", args=[claim.pk]), {"reason": "Keliru."})
    assert year_of_credit(people.learner, 2026).earned == 0
    other = sent(people.learner, facts=facts(DAY + timedelta(days=3)))
    at = reverse("office-claim", args=[other.pk])
    answer = office.post(at, {**stays, "path": "KL07", "from_on": "2026-03-05", "do": "verify"})
    assert list(answer.context["form"].errors) == ["reason"]
    office.post(at, {**stays, "path": "KL07", "from_on": "2026-03-05", "do": "verify", "reason": "Lokakarya."})
    assert year_of_credit(people.learner, 2026).earned == 5


def test_the_jp_page_leads_to_the_claim_and_the_office_takes_it_back_only_there(
    mine: Client, office: Client, people: Cast
) -> None:
    claim = verify_claim(sent(people.learner), by=people.officer)
    assert claim.credit is not None
    assert reverse("claim", args=[claim.pk]) in mine.get("/me/jp/", {"year": 2026}).content.decode()
    at = reverse("office-credit", args=[claim.credit.pk])
    assert reverse("office-claim", args=[claim.pk]) in office.get(at).content.decode()
    assert office.post(at, {"reverse": "1", "reason": "Keliru."}).status_code == 200
    assert year_of_credit(people.learner, 2026).earned == 4


def test_my_data_has_every_claim_with_its_history(mine: Client, people: Cast) -> None:
    verify_claim(sent(people.learner), by=people.officer)
    data: dict[str, Any] = json.loads(mine.get("/me/", {"format": "json"}).content)
    [claim] = data["claims"]
    assert (claim["jp"], claim["days"], len(claim["evidence"])) == ("4.00", "02-03-2026", 1)
    assert [event["what"] for event in claim["history"]] == ["dikirim", "terverifikasi"] or len(claim["history"]) == 2


def test_a_day_still_to_come_is_said_before_sending(mine: Client) -> None:
    far = date.today() + timedelta(days=40)
    assert "warn" in asked(mine, "gives", path="KL06", from_on=far.isoformat())
