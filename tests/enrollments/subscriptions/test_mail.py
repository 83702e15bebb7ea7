"""Reports by mail: each period once, in working hours, to who may still read them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.jobs.models import Job
from accounts.notices.actions import send_mail
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.reports.actions import keep_months, keep_report
from enrollments.reports.models import Snapshot
from enrollments.reports.tasks import export
from enrollments.subscriptions import actions
from enrollments.subscriptions.actions import end, send_due, subscribe, tell_of_written
from enrollments.subscriptions.models import Dispatch, Subscription
from enrollments.subscriptions.periods import Rhythm, first_day, first_day_of_next, last_ended
from tests import make
from tests.cast import Cast, cast

# Tuesday, 1 December 2026, 09.00 in Medan; and Monday, 4 January 2027.
DECEMBER = datetime(2026, 12, 1, 2, tzinfo=UTC)
JANUARY = datetime(2027, 1, 4, 2, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def wanted(person: User, agency: Any, rhythm: str = "monthly", since: date = date(2026, 10, 5)) -> Subscription:
    return Subscription.objects.create(person=person, agency=agency, rhythm=rhythm, since_on=since)


def write_all() -> None:
    for job in Job.objects.filter(state=Job.State.WAITING):
        export(job.pk)


def told(person: User) -> list[Notice]:
    return list(Notice.objects.filter(person=person, kind="report.scheduled").order_by("id"))


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.sampled_from(Rhythm))
def test_a_period_ends_the_day_before_the_next_begins_and_holds_each_day_once(day: date, rhythm: Rhythm) -> None:
    begins, ends = first_day(rhythm, day), first_day_of_next(rhythm, day)
    assert begins <= day < ends
    assert last_ended(rhythm, day) == begins - timedelta(days=1)
    assert first_day(rhythm, ends) == ends
    assert (ends - begins).days in ({28, 29, 30, 31} if rhythm == Rhythm.MONTHLY else {90, 91, 92})


def test_the_month_that_ended_is_mailed_once_with_a_link_and_the_number(people: Cast) -> None:
    make.credit(people.learner, 20, on=date(2026, 3, 2))
    wanted(people.head, people.a)
    assert send_due(DECEMBER) == 1
    assert tell_of_written(DECEMBER) == 0  # not before there is a file
    write_all()
    assert tell_of_written(DECEMBER) == 1
    for _again in range(2):
        assert (send_due(DECEMBER), tell_of_written(DECEMBER)) == (0, 0)
    (notice,) = told(people.head)
    known = Snapshot.objects.get()
    assert notice.link == f"/reports/?agency={people.a.pk}&year=2026&known={known.pk}#export"
    assert "November 2026" in notice.title
    assert "50%: 1 dari 2 PNS" in notice.body
    assert not Notice.objects.filter(kind="export.ready").exists()
    send_mail(notice.pk, DECEMBER)
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.SENT


def test_the_mail_of_december_is_about_the_year_that_ended(people: Cast) -> None:
    wanted(people.head, people.a)
    send_due(JANUARY)
    assert Snapshot.objects.get().year == 2026
    assert Dispatch.objects.get().until_on == date(2026, 12, 31)


def test_a_quarter_is_mailed_when_it_ends_and_not_before(people: Cast) -> None:
    wanted(people.head, people.a, "quarterly")
    assert send_due(DECEMBER) == 0
    assert send_due(JANUARY) == 1


def test_nobody_is_mailed_a_period_that_ended_before_they_asked(people: Cast) -> None:
    wanted(people.head, people.a, since=date(2026, 12, 1))
    assert send_due(DECEMBER) == 0
    assert send_due(JANUARY) == 1


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 30, 23, 59, tzinfo=UTC),  # 06.59 in Medan
        datetime(2026, 12, 1, 11, 0, tzinfo=UTC),  # 18.00
        datetime(2026, 12, 5, 3, 0, tzinfo=UTC),  # Saturday
    ],
)
def test_nothing_is_written_or_mailed_outside_working_hours(people: Cast, at: datetime) -> None:
    wanted(people.head, people.a)
    assert send_due(at) == 0


def test_a_file_that_was_written_after_hours_is_mailed_in_the_morning(people: Cast) -> None:
    wanted(people.head, people.a)
    send_due(DECEMBER)
    write_all()
    evening = datetime(2026, 12, 1, 12, tzinfo=UTC)
    tell_of_written(evening)
    (notice,) = told(people.head)
    assert notice.not_before == datetime(2026, 12, 2, 0, tzinfo=UTC)
    assert send_mail(notice.pk, evening) is None
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.DUE


def test_it_ends_when_the_role_ends(people: Cast) -> None:
    row = wanted(people.head, people.a)
    RoleGrant.objects.filter(person=people.head).delete()
    assert send_due(DECEMBER) == 0
    row.refresh_from_db()
    assert row.ended_by == Subscription.End.GRANT
    assert not Snapshot.objects.exists()


def test_a_mail_on_its_way_when_the_role_ends_is_held_back(people: Cast) -> None:
    wanted(people.head, people.a)
    send_due(DECEMBER)
    write_all()
    tell_of_written(DECEMBER)
    RoleGrant.objects.filter(person=people.head).delete()
    (notice,) = told(people.head)
    send_mail(notice.pk, DECEMBER)
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.HELD


def test_one_that_breaks_holds_up_nobody_else(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted(people.head, people.a)
    wanted(people.other_head, people.b)
    whole = keep_report

    def breaking(agency: Any, *given: Any) -> Snapshot:
        if agency == people.a:
            raise OSError
        return whole(agency, *given)

    monkeypatch.setattr(actions, "keep_report", breaking)
    assert send_due(DECEMBER) == 1
    monkeypatch.setattr(actions, "keep_report", whole)
    assert send_due(DECEMBER) == 1


def test_what_was_kept_at_the_end_of_the_month_is_what_is_mailed(people: Cast) -> None:
    wanted(people.head, people.a)
    keep_months(DECEMBER - timedelta(hours=5))
    send_due(DECEMBER)
    assert Snapshot.objects.filter(agency=people.a).count() == 1


def test_asking_again_changes_the_rhythm_and_another_units_head_cannot_ask(people: Cast) -> None:
    first = subscribe(people.a, "monthly", by=people.head)
    assert subscribe(people.a, "quarterly", by=people.head) == first
    assert Subscription.objects.get().rhythm == "quarterly"
    with pytest.raises(NotYours):
        subscribe(people.a, "monthly", by=people.other_head)
    with pytest.raises(Refusal):
        subscribe(people.a, "hourly", by=people.head)
    with pytest.raises(NotYours):
        end(first, by=people.other_head)


def test_after_the_end_nothing_comes_and_one_may_begin_anew(people: Cast) -> None:
    first = subscribe(people.a, "monthly", by=people.head)
    Subscription.objects.update(since_on=date(2026, 10, 5))
    end(first, by=people.head)
    end(first, by=people.head)
    assert send_due(DECEMBER) == 0
    assert subscribe(people.a, "monthly", by=people.head) != first


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_promise_and_tell_each_period_once() -> None:
    people = cast()
    wanted(people.head, people.a)
    wanted(people.officer, people.a)

    def run(step: Any) -> int:
        try:
            return int(step(DECEMBER))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, [send_due] * 4)) == 2
    write_all()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, [tell_of_written] * 4)) == 2
    assert Notice.objects.filter(kind="report.scheduled").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_subscription() -> None:
    people = cast()

    def click(_number: int) -> int:
        try:
            return subscribe(people.a, "monthly", by=User.objects.get(pk=people.head.pk)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(4)))) == 1


def test_the_page_asks_how_often_lists_and_ends(client: Client, people: Cast) -> None:
    client.force_login(people.head)
    unit = f"/reports/mail/?agency={people.a.pk}"
    assert client.post(unit, {}).status_code == 200
    assert client.post(unit, {"rhythm": "monthly"}).status_code == 302
    shown = client.get(unit).content.decode()
    assert "Setiap bulan" in shown
    row = Subscription.objects.get()
    client.post(f"/reports/mail/{row.pk}/end/")
    assert not Subscription.objects.running().exists()
    client.force_login(people.other_head)
    assert client.post(f"/reports/mail/{row.pk}/end/").status_code == 404
    assert client.get(unit).status_code == 404
