"""Two clicks, two tabs, two clocks at the same moment: one answer, one invitation, one bundle."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from accounts.notices.models import Notice
from enrollments.enrolling.models import Enrollment
from enrollments.surveys.actions import answer_invitation, invite, judge, put_together
from enrollments.surveys.models import Answer, Bundle, Invitation, Sheet
from tests import make
from tests.enrollments.surveys.rows import NOON, answers, asking, completed, invitation, national, sheets
from tests.twin import Twin, twin

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def copied(django_db_setup: None, django_db_blocker: Any) -> Iterator[Twin]:
    with django_db_blocker.unblock(), twin() as made:
        made.do(national)
        made.keep()
        yield made


@pytest.fixture
def pair(copied: Twin) -> Twin:
    copied.fresh()
    return copied


def test_a_double_click_is_one_answer(pair: Twin) -> None:
    version = pair.do(lambda: national()["course"])
    place = pair.do(lambda: completed(cohort=asking()))
    given = pair.do(lambda: answers(version))

    def click() -> bool:
        row = Enrollment.objects.get(pk=place.pk)
        return judge(row, version, given, by=row.learner)

    assert sorted(pair.at_once(click, click)) == [False, True]
    assert pair.do(Sheet.objects.count) == 1
    assert pair.do(Invitation.objects.count) == 1


def test_a_later_survey_is_answered_once_from_two_devices(pair: Twin) -> None:
    version = pair.do(lambda: national()["alumnus"])
    asked = pair.do(lambda: invitation(completed(cohort=asking())))
    given = pair.do(lambda: answers(version))
    send: Callable[[], bool] = partial(answer_invitation, asked, version, given, by=asked.person, now=NOON)
    assert sorted(pair.at_once(send, send)) == [False, True]
    assert pair.do(Sheet.objects.count) == 1


def test_two_clocks_ask_everybody_once(pair: Twin) -> None:
    def places() -> None:
        national()
        office, cohort = make.agency(), asking()
        make.person(agency=office, role="head")
        for _person in range(5):
            completed(make.person(agency=office), cohort)

    pair.do(places)
    ask = partial(invite, NOON)
    pair.at_once(ask, ask)
    assert pair.do(Invitation.objects.count) == 10
    assert pair.do(Notice.objects.filter(kind="survey").count) == 6


def test_two_clocks_put_together_once(pair: Twin) -> None:
    def waiting() -> None:
        sheets(national()["course"], asking(), make.agency(), [3] * 14)

    pair.do(waiting)
    work = partial(put_together, datetime(2026, 8, 31, 5, tzinfo=UTC))
    assert sorted(pair.at_once(work, work)) == [0, 1]
    assert pair.do(lambda: Bundle.objects.get().size) == 14
    assert pair.do(Sheet.objects.count) == 0
    assert pair.do(lambda: sum(Answer.objects.values_list("count", flat=True))) == 14 * 5
