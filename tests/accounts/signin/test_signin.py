"""Coming in: by NIP as printed, with a code, after reading the notice; and nobody learns who exists."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.notices.actions import send_mail
from accounts.notices.models import Notice
from accounts.signin.actions import acknowledge, activate, issue_token, print_codes, revoke_token
from accounts.signin.models import ActivationCode
from accounts.signin.queries import current_notice, waiting_in
from asn_lms.lib.refusals import NotYours, Refusal
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def sign_in(client: Client, login: str, password: str = make.PASSWORD) -> int:
    return client.post("/accounts/login/", {"login": login, "password": password}).status_code


def test_a_nip_may_be_typed_with_the_spaces_of_the_card(client: Client) -> None:
    person = make.person(password=True)
    nip = str(person.nip)
    assert sign_in(client, f" {nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]} ") == 302


def test_an_office_address_opens_the_same_door(client: Client) -> None:
    person = make.person(password=True)
    assert sign_in(client, person.email.upper()) == 302


def test_a_deactivated_person_stays_outside(client: Client) -> None:
    person = make.person(password=True, is_active=False, deactivated_on=timezone.now().date())
    sign_in(client, str(person.nip))
    assert "_auth_user_id" not in client.session


def test_the_answer_does_not_tell_whether_a_number_exists(client: Client) -> None:
    person = make.person(password=True)
    known = client.post("/accounts/login/", {"login": person.nip, "password": "salah-sekali"})
    unknown = client.post("/accounts/login/", {"login": "199001012015031999", "password": "salah-sekali"})
    assert known.status_code == unknown.status_code
    blank = [
        answer.content.decode().replace(nip, "·")
        for answer, nip in [(known, str(person.nip)), (unknown, "199001012015031999")]
    ]
    assert _without_secrets(blank[0]) == _without_secrets(blank[1])


def _without_secrets(page: str) -> str:
    import re

    return re.sub(r'(nonce|value)="[^"]*"|"X-CSRFToken":"[^"]*"', "", page)


def test_reset_answers_alike_and_only_a_known_address_gets_a_mail(client: Client) -> None:
    person = make.person(password=True)
    answers = [
        client.post("/accounts/password/reset/", {"email": mail}) for mail in (person.email, "tiada@contoh.go.id")
    ]
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/accounts/password/reset/done/")] * 2
    assert [notice.person for notice in Notice.objects.all()] == [person]


def test_the_secret_of_a_sent_reset_mail_is_wiped_and_it_never_stands_in_the_inbox(
    client: Client, mailoutbox: list[object]
) -> None:
    person = make.person(password=True, wants_mail=False)
    client.post("/accounts/password/reset/", {"email": person.email})
    notice = Notice.objects.get()
    send_mail(notice.pk, timezone.now())
    notice.refresh_from_db()
    assert len(mailoutbox) == 1
    assert (notice.mail_state, notice.data) == (Notice.Mail.SENT, {})
    assert not Notice.objects.held_by(person).shown().exists()


def test_nothing_else_is_served_before_the_privacy_notice_is_read(client: Client, people: Cast) -> None:
    client.force_login(make.person(agency=people.a, has_read_notice=False))
    asked = client.get("/me/preferences/")
    assert asked["Location"] == "/privacy/read/?next=%2Fme%2Fpreferences%2F"
    read = client.post("/privacy/read/", {"next": "/me/preferences/", "idempotency_key": uuid4().hex})
    assert read["Location"] == "/me/preferences/"
    assert client.get("/me/preferences/").status_code == 200


def test_a_printed_code_opens_the_account_once(people: Cast) -> None:
    person = make.person(agency=people.a)
    (line,) = [line for line in print_codes(people.a, by=people.officer) if line.person == person]
    activate(str(person.nip), line.code.lower().replace("-", " "), "kalimat rahasia pendek")
    person.refresh_from_db()
    assert person.check_password("kalimat rahasia pendek")
    with pytest.raises(Refusal):
        activate(str(person.nip), line.code, "kalimat lain yang panjang")


def test_the_form_sent_twice_is_welcomed_twice_and_written_down_once(people: Cast) -> None:
    person = make.person(agency=people.a)
    (line,) = [line for line in print_codes(people.a, by=people.officer) if line.person == person]
    form = {"nip": person.nip, "code": line.code, "password": "hujan-pagi-di-medan"}
    assert [Client().post("/accounts/activate/", form).status_code for _click in range(2)] == [302, 302]
    assert AuditEntry.objects.filter(action="person.activated").count() == 1
    other = {**form, "password": "sore-tenang-di-medan"}
    assert Client().post("/accounts/activate/", other).status_code == 422


def test_a_code_lasts_fourteen_days(people: Cast) -> None:
    person = make.person(agency=people.a)
    (line,) = [line for line in print_codes(people.a, by=people.officer) if line.person == person]
    with pytest.raises(Refusal):
        activate(str(person.nip), line.code, "kalimat rahasia", now=timezone.now() + timedelta(days=14, seconds=1))


def test_five_wrong_tries_end_a_code(people: Cast) -> None:
    person = make.person(agency=people.a)
    (line,) = [line for line in print_codes(people.a, by=people.officer) if line.person == person]
    for _try in range(5):
        with pytest.raises(Refusal):
            activate(str(person.nip), "AAAA-AAAA", "kalimat rahasia")
    with pytest.raises(Refusal):
        activate(str(person.nip), line.code, "kalimat rahasia")


def test_new_codes_end_the_old_ones(people: Cast) -> None:
    person = make.person(agency=people.a)
    first = print_codes(people.a, by=people.officer)
    print_codes(people.a, by=people.officer)
    assert ActivationCode.objects.filter(person=person, used_at__isnull=True, replaced_at__isnull=True).count() == 1
    old = next(line.code for line in first if line.person == person)
    with pytest.raises(Refusal):
        activate(str(person.nip), old, "kalimat rahasia")


def test_no_code_is_kept_in_readable_form(people: Cast) -> None:
    (line, *_rest) = print_codes(people.a, by=people.officer)
    stored = str(list(ActivationCode.objects.values())) + str(list(AuditEntry.objects.values()))
    assert line.code not in stored
    assert line.code.replace("-", "") not in stored


def test_only_an_officer_of_the_unit_prints_codes(people: Cast) -> None:
    for name in ("learner", "head", "other_head", "reviewer", "trainer"):
        with pytest.raises(NotYours):
            print_codes(people.a, by=people[name])
    assert waiting_in(people.a).people


def test_the_sheet_of_another_city_does_not_exist(client: Client, people: Cast) -> None:
    elsewhere = make.agency("Kota Lain")
    client.force_login(people.officer)
    _read_notice(people)
    assert client.get(f"/office/agencies/{elsewhere.pk}/codes/").status_code == 404
    assert client.get(f"/office/agencies/{people.a.pk}/codes/").status_code == 200


def _read_notice(people: Cast) -> None:
    notice = current_notice()
    assert notice
    for person in (people.officer, people.learner):
        acknowledge(person, notice)


def test_a_wrong_number_gets_a_sentence_and_keeps_what_was_typed(client: Client) -> None:
    answer = client.post(
        "/accounts/activate/", {"nip": "1990 0101 2015", "code": "ABCD-EFGH", "password": "kalimat rahasia"}
    )
    assert answer.status_code == 422
    assert "12" in answer.content.decode()
    assert 'value="ABCD-EFGH"' in answer.content.decode()


def test_a_token_opens_the_api_until_it_is_ended(client: Client, people: Cast) -> None:
    row, token = issue_token(people.learner, "Dasbor", days=30)
    header = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/me", headers=header).json()["name"] == people.learner.full_name
    assert token not in str(list(type(row).objects.values()))
    revoke_token(row, by=people.learner)
    assert client.get("/api/v1/me", headers=header).status_code == 401


def test_the_api_says_who_may_come_in(client: Client) -> None:
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_nobody_ends_the_token_of_another(client: Client, people: Cast) -> None:
    row, _token = issue_token(people.head, "Dasbor", days=30)
    _read_notice(people)
    client.force_login(people.learner)
    assert client.post(f"/me/tokens/{row.pk}/end/").status_code == 404


def test_a_double_click_makes_one_token(client: Client, people: Cast) -> None:
    _read_notice(people)
    client.force_login(people.learner)
    body = {"name": "Dasbor", "days": "30", "idempotency_key": uuid4().hex}
    first, second = client.post("/me/tokens/", body), client.post("/me/tokens/", body)
    assert first.content == second.content
    assert people.learner.api_tokens.count() == 1
    assert client.post("/me/tokens/", {**body, "name": "Lain"}).status_code == 409


def test_my_data_downloads_what_is_kept(client: Client, people: Cast) -> None:
    _read_notice(people)
    client.force_login(people.learner)
    assert client.get("/me/?format=json").json()["nip"] == people.learner.nip


def test_a_new_address_counts_only_when_it_is_confirmed_and_until_then_the_old_one_does(client: Client) -> None:
    person = make.person(password=True)
    office = person.email
    assert sign_in(client, str(person.nip)) == 302
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    answer = client.post("/accounts/email/", {"action_add": "", "email": "pribadi@contoh.com"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.email == office
    assert set(EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")) == {
        (office, True, True),
        ("pribadi@contoh.com", False, False),
    }


def test_nobody_is_asked_to_confirm_the_address_that_the_office_wrote_down(client: Client) -> None:
    person = make.person(password=True)
    assert sign_in(client, str(person.nip)) == 302
    assert not Notice.objects.filter(person=person).exists()


def test_who_signs_in_is_greeted_by_name_and_not_by_number() -> None:
    """Somebody may be looking over their shoulder."""
    person = make.person("Rina Harahap", password=True)
    client = Client()
    answer = client.post("/accounts/login/", {"login": str(person.nip), "password": make.PASSWORD}, follow=True)
    html = answer.content.decode()
    assert "Anda masuk sebagai Rina Harahap." in html
    assert str(person.nip) not in html


def test_what_is_read_with_the_person_of_a_session_is_true_at_the_next_page(client: Client, people: Cast) -> None:
    """Messages, roles and the privacy notice come with the person in one statement: each page reads them anew."""
    _read_notice(people)
    client.force_login(people.learner)
    assert client.get("/inbox/").context["nav"].unread == 0
    people.learner.notices.create(kind="test", about="1", title="Kabar")
    assert client.get("/inbox/").context["nav"].unread == 1
    client.post("/inbox/read/", {"up_to": people.learner.notices.get().pk})
    assert client.get("/inbox/").context["nav"].unread == 0

    today = date.today()
    granted = people.learner.grants.create(role="trainer", agency=people.a, from_on=today)
    assert client.get("/inbox/").context["nav"].roles == {"trainer"}
    for from_on, until_on in (
        (today - timedelta(days=9), today - timedelta(days=2)),
        (today + timedelta(days=2), None),
    ):
        type(granted).objects.filter(pk=granted.pk).update(from_on=from_on, until_on=until_on)
        assert client.get("/inbox/").context["nav"].roles == frozenset()

    newest = current_notice()
    assert newest
    version = newest.version + 1
    type(newest).objects.create(version=version, text_id="Baru", text_en="New", valid_from=timezone.now())
    assert client.get("/inbox/")["Location"].startswith("/privacy/read/")
    _read_notice(people)
    assert client.get("/inbox/").status_code == 200
