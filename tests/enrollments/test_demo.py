"""Promises about the demo city: whoever signs in first finds work on the desk, the numbers agree, and nobody is written to about the past."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.jobs.models import Job
from accounts.notices.models import Notice
from accounts.people.models import User
from courses.structure.models import CourseVersion
from enrollments.archives.actions import TASK as PACK
from enrollments.attempts.models import AttemptItem
from enrollments.certificates.models import Certificate
from enrollments.credits.queries import statement
from enrollments.credits.recount import faults, recount
from enrollments.enrolling.models import Enrollment
from enrollments.grading.queries import list_answers
from enrollments.issuance.models import Issuance
from enrollments.issuance.queries import queue_of
from enrollments.management.commands.demo import load
from enrollments.management.demo.people import ACCOUNTS
from enrollments.reminders.models import Reminder
from enrollments.reports.recount import differences
from enrollments.siasn.models import Posting
from enrollments.siasn.queries import outbox

pytestmark = pytest.mark.django_db
MAILS = {account.role: account.email for account in ACCOUNTS}


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The city is written once for this file, and taken back after it.

    The lock keeps autovacuum away: it does not see what is not committed, and would tell the planner that the tables are empty.
    """
    tables = ", ".join(connection.introspection.django_table_names())
    with django_db_blocker.unblock():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE UPDATE EXCLUSIVE MODE")
            load()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # once, and not after each test
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            yield
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {tables}")


def of(role: str) -> User:
    return User.objects.get(email=MAILS[role])


def test_loading_it_again_changes_nothing() -> None:
    before = (User.objects.count(), Enrollment.objects.count(), CourseVersion.objects.count())
    assert load()["loaded"] is False
    assert (User.objects.count(), Enrollment.objects.count(), CourseVersion.objects.count()) == before


def test_everybody_is_marked_as_invented_and_bears_no_number_that_was_ever_given() -> None:
    people = User.objects.all()
    assert people.count() > 3000
    assert not people.filter(is_demo=False).exists()
    # Real sequences begin at 001; the demo's are in the nine hundreds.
    assert not people.exclude(nip__regex=r"^\d{15}9\d\d$").exists()


def test_the_numbers_agree_with_a_recount() -> None:
    assert differences() == []


def test_a_first_start_writes_to_nobody_about_the_past() -> None:
    assert not Notice.objects.filter(mail_state__in=[Notice.Mail.DUE, Notice.Mail.SENDING]).exists()
    assert Reminder.objects.filter(notice__isnull=False).exists()


def test_whoever_looks_around_finds_the_papers_of_the_learner_ready() -> None:
    papers = Certificate.objects.filter(enrollment__learner=of("learner"))
    assert [paper.state for paper in papers] == [Certificate.State.DELIVERED] * 2


def test_answers_bear_the_day_they_were_given_on_and_the_trainer_has_read_all_but_the_last() -> None:
    answers = list_answers(of("trainer"))
    assert 0 < answers.counts[""] < 100 < answers.counts["read"]
    early = AttemptItem.objects.filter(saved_at__lt=timezone.now() - timedelta(days=60))
    assert early.count() > 1000
    assert not AttemptItem.objects.filter(commented_at__lt=F("saved_at")).exists()
    assert not AttemptItem.objects.filter(commented_at__gt=timezone.now()).exists()


def test_the_officer_has_a_course_in_the_making_and_the_reviewer_one_to_decide() -> None:
    [begun] = CourseVersion.objects.filter(state=CourseVersion.State.DRAFT)
    [waiting] = CourseVersion.objects.filter(state=CourseVersion.State.IN_REVIEW)
    assert of("officer") in begun.authors.all()
    assert (waiting.course.code, waiting.reviewer) == ("MNJ-WKT", of("reviewer"))


def test_the_officer_finds_statements_on_their_way_and_the_head_a_file_of_certificates() -> None:
    queue = queue_of(Issuance.objects.get(), show="", after=None)
    assert (queue.counts["hand"], queue.counts["waiting"]) == (1, 0)
    assert queue.counts["asked"]
    assert queue.counts["making"]
    job = Job.objects.get(task=PACK, owner=of("head"))
    assert (job.state, job.result["missing"]) == ("done", 0)


def test_the_officer_finds_what_siasn_was_told_and_nothing_of_it_can_be_sent() -> None:
    found = outbox(of("officer"))
    assert found.show == "hand"
    assert all(found.counts[name] for name in ("hand", "there", "handed"))
    assert not found.is_connected
    assert not Posting.objects.exclude(certificate__is_demo=True).exists()
    assert not Posting.objects.sendable(timezone.now()).exists()


def test_the_learner_has_twelve_jp_and_reads_why_they_are_not_thirteen() -> None:
    learner = of("learner")
    year = timezone.now().year
    lines = [line for at in (year, year - 1) for line in statement(learner, at)]
    assert sum(line.jp for line in lines) == 12
    assert [line.credit.capped_jp for line in lines if line.credit.capped_jp] == [1]


def test_the_books_agree_with_themselves_and_with_a_recount() -> None:
    assert (faults(), list(recount())) == ([], [])
