"""Officers are told once that claims wait for them, in their digest and within hours; never of what is decided."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.notices.actions import claim as claim_mail
from accounts.notices.letter import write_letter
from accounts.notices.models import Notice
from accounts.people.models import User
from enrollments.claims.actions import verify_claim
from enrollments.claims.models import Claim
from enrollments.reminders.actions import prepare
from enrollments.reminders.queries import DIGEST
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.claims.fixture import DAY, facts, sent

pytestmark = pytest.mark.django_db
# A Tuesday, ten in the morning in Jakarta.
TUESDAY = datetime(2026, 11, 24, 3, tzinfo=UTC)
A_DAY = timedelta(days=1)


@pytest.fixture
def people() -> Cast:
    return cast()


def waits(person: User, since: datetime, number: int = 0) -> Claim:
    claim = sent(person, facts=facts(DAY + timedelta(days=number)))
    Claim.objects.filter(pk=claim.pk).update(submitted_at=since)
    return claim


def digests(person: User) -> list[Notice]:
    return list(Notice.objects.filter(person=person, kind=DIGEST).order_by("pk"))


def told(person: User, at: datetime) -> int:
    """How many digests a run of the clock at that time wrote for the person; they were sent at that time."""
    before = {notice.pk for notice in digests(person)}
    prepare(at)
    new = [notice.pk for notice in digests(person) if notice.pk not in before]
    Notice.objects.filter(pk__in=new).update(created_at=at, mail_state=Notice.Mail.SENT, sent_at=at)
    return len(new)


def test_an_officer_is_told_of_claims_that_waited_for_a_night(people: Cast) -> None:
    waits(people.learner, TUESDAY - A_DAY)
    waits(people.other_learner, TUESDAY - 2 * A_DAY)
    waits(people.learner, TUESDAY - timedelta(hours=1), 5)
    waits(people.officer, TUESDAY - A_DAY)
    assert told(people.officer, TUESDAY) == 1
    [notice] = digests(people.officer)
    assert (notice.link, notice.data["claims"]) == ("/office/claims/", 2)
    assert "2 klaim menunggu verifikasi" in notice.title
    assert "22 November 2026" in notice.body
    assert "%" not in str(write_letter(notice).body)
    assert told(people.officer, TUESDAY) == 0
    assert digests(people.head) == digests(people.learner) == []


def test_outside_hours_and_on_days_of_rest_nobody_is_told(people: Cast) -> None:
    waits(people.learner, TUESDAY - 9 * A_DAY)
    for at in (TUESDAY - timedelta(hours=4), TUESDAY + timedelta(hours=9), TUESDAY - 2 * A_DAY):
        assert told(people.officer, at) == 0


def test_the_same_claims_are_told_again_after_a_week_and_new_ones_on_the_next_day(people: Cast) -> None:
    waits(people.learner, TUESDAY - A_DAY)
    assert told(people.officer, TUESDAY) == 1
    assert [told(people.officer, TUESDAY + day * A_DAY) for day in (1, 2, 3)] == [0, 0, 0]
    assert told(people.officer, TUESDAY + 7 * A_DAY) == 1
    waits(people.learner, TUESDAY + 7 * A_DAY + timedelta(hours=2), 3)
    assert told(people.officer, TUESDAY + 8 * A_DAY) == 1


def test_a_digest_whose_claims_are_decided_by_the_time_of_sending_is_not_sent(people: Cast) -> None:
    claim = waits(people.learner, TUESDAY - A_DAY)
    prepare(TUESDAY)
    verify_claim(claim, by=people.admin)
    [notice] = digests(people.officer)
    assert claim_mail(notice.pk, TUESDAY) is None
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.HELD


def test_who_learns_and_is_an_officer_gets_one_digest_of_both(people: Cast) -> None:
    cohort = make.cohort(ends_on=TUESDAY.date() + 3 * A_DAY)
    make.enrollment(learner=people.officer, cohort=cohort, enrolled_at=TUESDAY - 9 * A_DAY)
    waits(people.learner, TUESDAY - A_DAY)
    assert told(people.officer, TUESDAY) == 1
    [notice] = digests(people.officer)
    assert notice.link.startswith("/learn/")
    assert notice.data["items"][-1]["link"] == "/office/claims/"


def test_an_officer_of_another_government_hears_nothing(people: Cast) -> None:
    far = make.person(role="officer", agency=make.agency())
    waits(people.learner, TUESDAY - A_DAY)
    assert told(far, TUESDAY) == 0
