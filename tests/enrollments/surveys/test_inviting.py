"""Some months later: who is asked, by whom it is told, once and never twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command

from accounts.notices.actions import send_waiting
from accounts.notices.models import Notice
from accounts.roles.models import RoleGrant
from courses.taxonomy.models import SurveyTerms
from enrollments.surveys.actions import answer_invitation, invite
from enrollments.surveys.models import Invitation, Kind
from enrollments.surveys.queries import superior_of
from tests import make
from tests.enrollments.surveys.rows import NOON, answers, asking, completed, national

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def asked() -> set[tuple[str, int]]:
    return set(Invitation.objects.values_list("kind", "person"))


def test_alumnus_and_superior_are_asked_six_months_after_and_not_a_day_before() -> None:
    national()
    office = make.agency()
    head = make.person(agency=office, role=RoleGrant.Role.HEAD)
    place = completed(make.person(agency=office), asking(), at=datetime(2026, 3, 2, 3, tzinfo=UTC))
    invite(datetime(2026, 9, 1, 3, tzinfo=UTC))
    assert not asked()
    invite(datetime(2026, 9, 2, 3, tzinfo=UTC))
    assert asked() == {(Kind.ALUMNUS, place.learner_id), (Kind.SUPERIOR, head.pk)}
    assert {one.person_id for one in Notice.objects.filter(kind="survey")} == {place.learner_id, head.pk}


def test_six_months_after_the_end_of_august_end_with_february() -> None:
    national()
    completed(cohort=asking(), at=datetime(2026, 8, 31, 3, tzinfo=UTC))
    invite(datetime(2027, 2, 25, 3, tzinfo=UTC))
    assert not asked()
    invite(datetime(2027, 3, 1, 3, tzinfo=UTC))  # 28 February 2027 is a Sunday
    assert asked()


def test_a_course_without_months_asks_nobody() -> None:
    national()
    completed(cohort=asking(survey_after_months=None))
    invite(NOON)
    assert not asked()


def test_outside_hours_and_on_sundays_nobody_is_asked() -> None:
    national()
    completed(cohort=asking())
    invite(datetime(2026, 9, 2, 14, tzinfo=UTC))
    invite(datetime(2026, 9, 6, 3, tzinfo=UTC))
    assert not asked()


def test_whatever_runs_twice_asks_once_and_after_an_outage_it_catches_up_once() -> None:
    national()
    place = completed(cohort=asking())
    for late in (NOON + 40 * DAY, NOON + 40 * DAY, NOON + 41 * DAY):
        invite(late)
    assert asked() == {(Kind.ALUMNUS, place.learner_id)}
    assert Notice.objects.filter(kind="survey").count() == 1
    assert Invitation.objects.get().open_until == (NOON + 70 * DAY).date()


def test_who_has_left_is_not_asked_and_neither_is_their_superior() -> None:
    national()
    office = make.agency()
    make.person(agency=office, role=RoleGrant.Role.HEAD)
    completed(make.person(agency=office, is_active=False, deactivated_on=date(2026, 8, 1)), asking())
    invite(NOON)
    assert not asked()


def test_a_year_of_history_writes_to_nobody() -> None:
    national()
    completed(cohort=asking(), at=NOON - timedelta(days=300))
    invite(NOON)
    assert not asked()


def test_one_message_a_day_tells_of_all_and_one_reminder_follows() -> None:
    found = national()
    office = make.agency()
    head = make.person(agency=office, role=RoleGrant.Role.HEAD)
    cohort = asking()
    places = [completed(make.person(agency=office), cohort) for _person in range(3)]
    invite(NOON)
    told = Notice.objects.get(person=head, kind="survey")
    assert all(place.learner.full_name in told.body for place in places)
    answered = Invitation.objects.get(enrollment=places[0], kind=Kind.SUPERIOR)
    answer_invitation(answered, found["superior"], answers(found["superior"]), by=head, now=NOON)
    for days in (1, 13, 14, 15, 20, 29):
        invite(NOON + days * DAY)
    messages = Notice.objects.filter(person=head, kind="survey").order_by("pk")
    assert [one.about for one in messages] == ["2026-09-02", "2026-09-16"]
    assert places[0].learner.full_name not in messages[1].body
    assert places[1].learner.full_name in messages[1].body


def test_who_has_answered_before_the_mail_goes_out_gets_none() -> None:
    found = national()
    place = completed(cohort=asking())
    invite(NOON)
    answer_invitation(Invitation.objects.get(), found["alumnus"], answers(found["alumnus"]), by=place.learner, now=NOON)
    send_waiting(NOON)
    assert Notice.objects.get(kind="survey").mail_state == Notice.Mail.HELD


def test_a_mail_that_came_too_late_in_the_day_waits_for_the_next_opening() -> None:
    national()
    completed(cohort=asking())
    invite(datetime(2026, 9, 4, 10, tzinfo=UTC))  # Friday, 17.00
    send_waiting(datetime(2026, 9, 4, 12, tzinfo=UTC))
    told = Notice.objects.get(kind="survey")
    assert told.mail_state == Notice.Mail.DUE
    assert told.not_before == datetime(2026, 9, 7, 0, tzinfo=UTC)  # Monday, 07.00 WIB


def test_how_long_and_when_to_remind_are_an_administrators_figures() -> None:
    national()
    SurveyTerms.objects.update_or_create(pk=1, defaults={"open_days": 10, "remind_after_days": 3})
    completed(cohort=asking())
    invite(NOON)
    assert Invitation.objects.get().open_until == (NOON + 10 * DAY).date()
    invite(NOON + 2 * DAY)
    assert Notice.objects.filter(kind="survey").count() == 1
    invite(NOON + 5 * DAY)
    assert Notice.objects.filter(kind="survey").count() == 2


def test_the_clock_does_all_this_as_of_a_given_time(capsys: pytest.CaptureFixture[str]) -> None:
    national()
    completed(cohort=asking())
    call_command("run_clock", "--at", NOON.isoformat())
    assert Invitation.objects.count() == 1


def test_the_superior_is_who_heads_the_unit_that_day_also_as_acting_head() -> None:
    office = make.agency()
    person = make.person(agency=office)
    first, acting = make.person(agency=office), make.person()
    grant = RoleGrant.objects.create(person=first, role="head", agency=office, from_on=date(2026, 1, 1))
    assert superior_of(person, NOON.date()) == first
    grant.until_on = date(2026, 8, 31)
    grant.save()
    assert superior_of(person, NOON.date()) is None
    RoleGrant.objects.create(person=acting, role="head", agency=office, basis="plt", from_on=date(2026, 9, 1))
    assert superior_of(person, NOON.date()) == acting
    second = make.person()
    RoleGrant.objects.create(person=second, role="head", agency=office, from_on=date(2026, 9, 1))
    assert superior_of(person, NOON.date()) == second


def test_a_stand_in_for_a_day_is_no_superior() -> None:
    office = make.agency()
    RoleGrant.objects.create(person=make.person(), role="head", agency=office, basis="plh", from_on=date(2026, 9, 1))
    assert superior_of(make.person(agency=office), NOON.date()) is None


def test_where_the_post_is_vacant_or_ones_own_it_is_the_unit_above() -> None:
    city = make.agency()
    office = make.agency(parent=city)
    section = make.agency(parent=office)
    mayor = make.person(agency=city, role=RoleGrant.Role.HEAD)
    chief = make.person(agency=office, role=RoleGrant.Role.HEAD)
    assert superior_of(make.person(agency=section), NOON.date()) == chief
    assert superior_of(chief, NOON.date()) == mayor
    assert superior_of(mayor, NOON.date()) is None
    gone = make.person(agency=section, role=RoleGrant.Role.HEAD, is_active=False, deactivated_on=date(2026, 1, 1))
    assert superior_of(make.person(agency=section), NOON.date()) not in {gone, None}
