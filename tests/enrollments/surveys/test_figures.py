"""What is put together when, and what officers and heads see of it."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.roles.models import RoleGrant
from enrollments.surveys.actions import put_together
from enrollments.surveys.actions.editing import draft_questionnaire, put_into_use
from enrollments.surveys.book import write_evaluation
from enrollments.surveys.evaluation import Scope, courses_of_unit, evaluation
from enrollments.surveys.models import Answer, Bundle, Kind, Sheet
from tests import make
from tests.cast import cast
from tests.enrollments.surveys.rows import asking, completed, invitation, national, sheets

pytestmark = pytest.mark.django_db
# Thursday and Monday
SUNDAY, MONDAY = datetime(2026, 8, 30, 5, tzinfo=UTC), datetime(2026, 8, 31, 5, tzinfo=UTC)


def figures(scope: Scope, kind: Kind = Kind.COURSE) -> Any:
    return next((one for one in evaluation(scope).surveys if one.kind == kind), None)


def open_cohort(**fields: Any) -> Any:
    cohort = asking(**fields)
    completed(cohort=cohort)
    return cohort


def test_answers_wait_for_the_end_of_their_week_and_then_are_sums() -> None:
    version, cohort, unit = national()["course"], open_cohort(), make.agency()
    sheets(version, cohort, unit, [1, 2, 3, 4, 5, 5])
    assert put_together(SUNDAY) == 0
    assert put_together(MONDAY) == 1
    assert put_together(MONDAY) == 0
    assert not Sheet.objects.exists()
    found = figures(Scope(cohort.course))
    assert found.counted == 6
    assert [step.count for step in found.questions[0].steps] == [1, 1, 1, 1, 2]
    assert str(found.questions[0].mean) == "3.33"


def test_five_answers_are_no_figure_anywhere() -> None:
    version, cohort, unit = national()["course"], open_cohort(), make.agency()
    sheets(version, cohort, unit, [5, 5, 5, 5, 5])
    assert put_together(MONDAY) == 0
    assert figures(Scope(cohort.course)).questions == []
    assert Sheet.objects.count() == 5


def test_the_database_itself_refuses_a_bundle_of_five() -> None:
    version, cohort = national()["course"], open_cohort()
    with pytest.raises(DatabaseError):
        Bundle.objects.create(version=version, course=cohort.course, unit=make.agency(), size=5, week=date(2026, 8, 31))


def test_answers_to_older_questions_stay_among_the_figures() -> None:
    """So that what is counted, the course's mean and the mean in the head's list are of the same answers."""
    old, unit = national()["course"], make.agency()
    cohort = open_cohort()
    admin = make.person(role=RoleGrant.Role.ADMIN)
    sheets(old, cohort, unit, [1] * 6)
    new = put_into_use(draft_questionnaire(None, Kind.COURSE, by=admin), by=admin)
    sheets(new, cohort, unit, [5] * 6)
    assert put_together(MONDAY) == 2
    found = figures(Scope(cohort.course))
    assert [one.question.version_id for one in found.scales[:1]] == [new.pk]
    assert sum(one.count for one in found.scales) == found.counted * len(found.scales) / 2
    assert (found.counted, found.mean) == (12, Decimal(3))


def test_a_question_that_five_answered_is_not_shown_though_its_bundle_is() -> None:
    version, cohort, unit = national()["course"], open_cohort(), make.agency()
    sheets(version, cohort, unit, [4] * 6)
    one = Sheet.objects.all()[0]
    first = version.questions.all()[0]
    del one.answers[str(first.pk)]
    one.save()
    put_together(MONDAY)
    shown = figures(Scope(cohort.course)).questions
    assert shown[0].count == 0
    assert shown[0].steps == []
    assert shown[1].count == 6


def test_words_are_shown_where_six_stand_together() -> None:
    version, cohort, unit = national()["course"], open_cohort(), make.agency()
    words = version.questions.get(sort="text")
    for count in (5, 6):
        sheets(version, cohort, unit, [3] * count)
        for number, one in enumerate(Sheet.objects.all()):
            one.answers[str(words.pk)] = f"Kata {count}-{number}"
            one.save()
        put_together(MONDAY)
        found = figures(Scope(cohort.course))
        texts = found.questions[-1].texts if found.questions else []
        assert len(texts) == (0 if count == 5 else 11)
        if count == 5:
            Sheet.objects.update(week=date(2026, 8, 24))


def test_what_a_cohort_that_is_through_leaves_over_counts_for_its_course() -> None:
    version, unit = national()["course"], make.agency()
    one = open_cohort()
    other = make.cohort(version=one.version, organiser=one.organiser)
    for cohort in (one, other):
        sheets(version, cohort, unit, [4, 4, 4])
    assert put_together(MONDAY) == 0
    type(one).objects.filter(course=one.course).update(ends_on=date(2026, 7, 1))
    assert put_together(MONDAY) == 1
    assert figures(Scope(one.course)).counted == 6
    assert figures(Scope(one.course, one)).counted == 0


def test_a_head_sees_their_own_subtree_and_of_trainers_nothing() -> None:
    found = national()
    people = cast()
    cohort = asking(organiser=people.bkpsdm)
    cohort.trainers.add(people.trainer)
    for unit in (people.a, people.b):
        completed(make.person(agency=unit), cohort)
    sheets(found["course"], cohort, people.a, [5] * 6)
    sheets(found["course"], cohort, people.b, [1] * 6)
    put_together(MONDAY)
    mine = figures(Scope(cohort.course, unit=people.a))
    assert (mine.counted, str(mine.mean), mine.asked) == (6, "5.00", 1)
    assert figures(Scope(cohort.course, unit=people.city)).counted == 12
    assert figures(Scope(cohort.course, unit=people.a), Kind.TRAINER) is None
    assert figures(Scope(cohort.course), Kind.TRAINER) is not None
    listed = courses_of_unit(people.b)
    assert str(listed[0].means[Kind.COURSE]) == "1.00"


def test_how_many_answered_is_counted_against_who_was_asked() -> None:
    national()
    cohort = asking()
    for number in range(6):
        place = completed(cohort=cohort)
        invitation(place, Kind.ALUMNUS, is_answered=number == 0)
    found = evaluation(Scope(cohort.course))
    by_kind = {one.kind: (one.asked, one.answered) for one in found.surveys}
    assert by_kind == {Kind.COURSE: (6, 0), Kind.ALUMNUS: (6, 1)}


def test_of_five_nobody_reads_how_many_answered() -> None:
    national()
    cohort = asking()
    for _number in range(5):
        invitation(completed(cohort=cohort), Kind.ALUMNUS, is_answered=True)
    found = evaluation(Scope(cohort.course))
    assert [(one.asked, one.answered) for one in found.surveys] == [(5, None), (5, None)]
    file = io.BytesIO()
    write_evaluation(file, found, "Pelatihan")
    file.seek(0)
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert {row[3] for row in rows[1:]} == {"tidak ditampilkan"}


def test_level_two_is_the_gain_of_the_means() -> None:
    cohort = asking()
    for pre, post in ((20, 60), (40, 90)):
        completed(cohort=cohort, pre_score=pre, post_score=post)
    completed(cohort=cohort)
    learning = evaluation(Scope(cohort.course)).learning
    assert (learning.count, learning.completed) == (2, 3)
    assert learning.gain is not None
    assert str(learning.gain.normalised) == "0.64"


def test_a_head_reads_no_mean_of_five_scores() -> None:
    unit, cohort = make.agency(), asking()
    for number in range(6):
        completed(make.person(agency=unit), cohort, pre_score=20, post_score=60)
        known = evaluation(Scope(cohort.course, unit=unit)).learning
        assert (known.gain is not None) == (number == 5)


def test_the_officers_page_and_its_workbook_say_the_same() -> None:
    found = national()
    people = cast()
    cohort = asking(organiser=people.bkpsdm)
    completed(cohort=cohort)
    sheets(found["course"], cohort, people.a, [2, 2, 2, 4, 4, 4])
    put_together(MONDAY)
    client = Client()
    client.force_login(people.officer)
    page = client.get(f"/office/courses/{cohort.course.code}/evaluation/").content.decode()
    assert "3,00" in page
    file = client.get(f"/office/courses/{cohort.course.code}/evaluation.xlsx").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    lines = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    assert [row[6:13] for row in lines[1:6]] == [[6.0, 3.0, 0.0, 3.0, 0.0, 3.0, 0.0]] * 5


def test_no_order_of_the_answers_says_which_came_first() -> None:
    """Ids are random and rows are written in random order: of many bundles none keeps the order in which its words came."""
    version, unit = national()["course"], make.agency()
    words = version.questions.get(sort="text")
    kept = 0
    for number in range(8):
        cohort = open_cohort()
        sheets(version, cohort, unit, [3] * 12)
        for place, one in enumerate(Sheet.objects.all()):
            one.answers[str(words.pk)] = f"{place:02}"
            one.save()
        put_together(MONDAY + timedelta(days=7 * number))
        texts = [one.text for one in Answer.objects.filter(bundle__course=cohort.course, step=None)]
        kept += texts == sorted(texts)
    assert kept == 0
