"""More of everything: rows that make each list of the world longer, so that the cost of a page can be asked for few and for many."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import pgtrigger
from django.core.files.base import ContentFile
from django.db import connection

from accounts.absences.models import Absence
from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.jobs.models import Job
from accounts.notices.models import Notice
from accounts.people.models import PersonNumber, Placement, User
from accounts.roles.models import RoleGrant
from accounts.signin.actions import issue_token
from courses.lesson_kinds import kinds
from courses.lesson_kinds.quiz.models import QuizOption, QuizQuestion
from courses.packages.errands import EXPORT
from courses.structure.models import CourseVersion, Lesson, Module, ReviewComment
from courses.taxonomy.models import TrainingType
from enrollments.attempts.models import Attempt, AttemptItem, ExtraAttempts
from enrollments.builder.models import SavedReport
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.claims.actions import return_claim, verify_claim
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress
from enrollments.reminders.models import Reminder
from enrollments.reports.actions import TASK as REPORT
from enrollments.reports.actions import keep_report
from enrollments.reports.models import MOST_VIEWS, SavedView
from enrollments.siasn.models import CourseMapping, Posting, TypeMapping
from enrollments.subscriptions.models import Subscription
from enrollments.surveys.models import Answer, Bundle, Invitation, Question
from tests import make
from tests.courses import build
from tests.enrollments.claims.fixture import draft, facts, pdf, sent
from tests.enrollments.surveys.rows import national
from tests.world import NOW, PDF, PEOPLE, World

_numbers = count(1)
LONG_AGO = date(2000, 1, 1)


def crowd(made: World, many: int) -> None:
    """So many more of each thing on the side that is the cast's own, for everybody who has lists of them."""
    _tell_planner()
    for _time in range(many):
        number = next(_numbers)
        unit = make.agency(f"Seksi {number}", parent=Agency.objects.get(pk=made.own.agency.pk))
        _life(made, unit, number)
        _courses(made, number)
        with pgtrigger.ignore():  # what is published grows too
            for version in (made.own.draft, made.own.published, made.own.practice.version):
                _grow(version, number)
            _ask_more(made.own.quiz, number)
        _places(made, unit, number)
        _said(made, number)
        _asked(made, unit, number)
        _reports(made, unit, number)
    _tell_planner()


def _tell_planner() -> None:
    """How large tables are. Autovacuum does not see what is not committed and would say that they are empty, whereupon a statement of
    seconds takes an hour; until the end of the transaction this keeps it away.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _reports(made: World, unit: Agency, number: int) -> None:
    """Days on which the report was kept, mails that come, reports that were put together."""
    own, head = made.own.agency, made.own.head
    keep_report(own, NOW.year, NOW - timedelta(days=number))
    Subscription.objects.create(person=head, agency=unit, rhythm="monthly", since_on=LONG_AGO)
    SavedReport.objects.create(owner=head, agency=own, name=f"Laporan {number}", rows="months", is_shared=True)


def _life(made: World, unit: Agency, number: int) -> None:
    """Units, people, and what a long service leaves behind."""
    learner, officer, day = made.own.learner, made.people.officer, LONG_AGO + timedelta(days=10 * number)
    ends = day + timedelta(days=5)
    make.agency(f"Subseksi {number}", parent=Agency.objects.get(pk=made.own.spare.pk))
    newcomer = make.person(agency=made.own.agency)
    make.person(agency=unit, employment=("pns", "pppk", "cpns")[number % 3])
    make.person(agency=made.own.agency, is_active=False, deactivated_on=ends)
    Placement.objects.create(person=learner, agency=unit, employment="pns", from_on=day, until_on=ends)
    Absence.objects.create(person=learner, kind="sakit", from_on=day, until_on=ends)
    PersonNumber.objects.create(person=learner, number=make.nip(), from_on=day, until_on=ends)
    for person, role, until in ((learner, "trainer", ends), (newcomer, "reviewer", None), (newcomer, "head", None)):
        RoleGrant.objects.create(person=person, role=role, agency=unit, from_on=day, until_on=until, granted_by=officer)
    for name in ("head", "officer", "reviewer", "trainer"):
        role = RoleGrant.Role[name.upper()]
        RoleGrant.objects.create(person=made.people[name], role=role, agency=unit, from_on=day)
    for name in PEOPLE:
        issue_token(made.people[name], f"Dasbor {number}", days=30)
        if number + 2 <= MOST_VIEWS:
            SavedView.objects.create(owner=made.people[name], place=number + 2, name=f"Tampilan {number}", agency=unit)
    for thing in (learner, made.own.agency, made.own.enrollment, made.own.draft):
        record("person.edited", thing, by=officer, agency=made.own.agency)


def _courses(made: World, number: int) -> None:
    """Courses in every state, older versions of one, and what the reviewer has to read."""
    own, officer = made.own, made.people.officer
    unit = make.agency(f"Bidang {number}", parent=Agency.objects.get(pk=own.organiser.pk))
    for state in ("draft", "in_review", "approved", "published"):
        version = build.ready_draft(unit, title=f"Kursus {state} {number}")
        version.authors.add(officer)
        extra = {"published_at": NOW} if state == "published" else {}
        CourseVersion.objects.filter(pk=version.pk).update(state=state, reviewer=made.people.reviewer, **extra)
        ReviewComment.objects.create(version=version, author=made.people.reviewer, text="Baik.")
    CourseVersion.objects.create(
        course=own.draft.course,
        number=100 + number,
        title="Dulu",
        state="retired",
        published_at=NOW,
        retired_at=NOW,
    )
    lesson = own.lesson
    said = ReviewComment.objects.create(
        version=own.draft, author=made.people.reviewer, text="Ubah.", lesson_uid=lesson.uid
    )
    ReviewComment.objects.create(version=own.draft, author=officer, text="Sudah.", reply_to=said)
    ReviewComment.objects.create(version=own.draft, author=officer, text="", verdict="submitted")
    ReviewComment.objects.create(
        version=own.reviewing, author=made.people.reviewer, text="Ya.", resolved_at=NOW, resolved_by=officer
    )


def _grow(version: CourseVersion, number: int) -> None:
    """One more module with a lesson of each kind."""
    at = 100 * number
    module = Module.objects.create(version=version, position=at, title=f"Modul {number}", jp=Decimal(1))
    for offset, kind in enumerate(kinds.names()):
        lesson = Lesson.objects.create(version=version, module=module, position=at + offset, kind=kind, title=kind)
        kinds[kind].create(lesson)


def _ask_more(quiz: Lesson, number: int) -> None:
    question = QuizQuestion.objects.create(lesson=quiz, position=number, text=f"Apa {number}?")
    for place in range(3):
        QuizOption.objects.create(lesson=quiz, question=question, position=place, text=f"{place}", is_correct=not place)


def _places(made: World, unit: Agency, number: int) -> None:
    """Cohorts, places of the learner and of others in every state, their papers, and answers to read."""
    own, learner, trainer = made.own, made.own.learner, made.people.trainer
    version = make.version(organiser=own.organiser, title=f"Terbit {number}")
    kind, _made = TrainingType.objects.get_or_create(code=f"{900 + number}", defaults={"name": f"Jenis {number}"})
    CourseMapping.objects.create(course=version.course, training_type=kind, basis="Daftar")
    top = Agency.objects.get(path=own.agency.path[: Agency.steplen])
    TypeMapping.objects.create(instansi=top, training_type=kind, document_ref="881", basis="Daftar")
    cohort = make.cohort(version=own.published, name=f"Angkatan {number}", seats=9)
    cohort.trainers.add(trainer)
    mine = make.cohort(version=version)
    mine.trainers.add(trainer)
    make.enrollment(learner=learner, cohort=mine, last_activity_at=NOW)
    make.enrollment(
        learner=learner, cohort=make.cohort(version=make.version(organiser=own.organiser)), status="withdrawn"
    )
    done = make.enrollment(
        learner=learner, cohort=make.cohort(version=make.version(organiser=own.organiser)), status="completed"
    )
    make.credit(learner, 1, on=date.today(), enrollment=done)
    _paper(done, number)
    for status in ("active", "completed", "withdrawn"):
        make.enrollment(learner=make.person(agency=unit), cohort=own.cohort, status=status, due_on=date(2026, 1, 2))
    own.cohort.trainers.add(
        make.person(agency=unit, role=RoleGrant.Role.TRAINER, over=Agency.objects.get(pk=made.people.city.pk))
    )
    _claims(made, unit, number)
    _studied(own.practice, own.reflection, number + 1, trainer)
    other = make.enrollment(learner=make.person(agency=unit), cohort=own.practice.cohort)
    _studied(other, own.reflection, 1, None)
    lesson = Lesson.objects.filter(version=own.practice.version).order_by("-position")[0]
    LessonProgress.objects.create(enrollment=own.practice, lesson=lesson, finished_at=NOW)


def _claims(made: World, unit: Agency, number: int) -> None:
    """Of the learner and of others, in every state, all of the days of those that are looked at."""
    learner, officer, day = made.own.learner, made.people.officer, date(2026, 2, 2)
    sent(learner, facts=facts(day), why="Sore hari.")
    verify_claim(sent(learner, facts=facts(day), why="Sore hari."), by=officer)
    other = sent(make.person(agency=unit), facts=facts(day), files=[pdf("dua")], why="Kami pergi berdua.")
    return_claim(other, by=officer, reason="Buram.")
    sent(make.person(agency=unit), facts=facts(day), files=[pdf("tiga")], why="Kami pergi berdua.")
    draft(learner, files=[])
    draft(make.person(agency=unit), by=officer, files=[])


def _studied(place: Enrollment, lesson: Lesson, number: int, trainer: User | None) -> None:
    state = {"draft": "", "at": 0, "sent": "Ya.", "sent_at": NOW.isoformat(), "is_too_short": False}
    attempt = Attempt.objects.create(
        enrollment=place,
        lesson=lesson,
        number=number,
        state=state,
        is_finished=True,
        started_at=NOW,
        closed_at=NOW,
    )
    AttemptItem.objects.create(attempt=attempt, key="text", answer="Ya.")
    if trainer:
        ExtraAttempts.objects.create(enrollment=place, lesson=lesson, extra=1, reason="Sakit", given_by=trainer)


def _paper(done: Enrollment, number: int) -> None:
    series = CertificateSeries.objects.create(
        organiser=done.cohort.organiser, year=1000 + number, kind="sertifikat", template="{urut}/{tahun}"
    )
    row = Certificate(
        enrollment=done,
        series=series,
        year=2026,
        sequence=1,
        number=f"C.{series.pk}",
        issued_on=date(2026, 3, 2),
        state=Certificate.State.DELIVERED,
        name=done.learner.name,
        course_title="Kursus",
        frozen_at=NOW,
        confirm_until=NOW,
        drawn_at=NOW,
    )
    row.file.save("paper.pdf", ContentFile(PDF), save=False)
    row.save()
    states = ("pending", "failed", "handed")
    state = states[number % 3]
    Posting.objects.create(
        certificate=row,
        instansi=Agency.objects.get(path=done.agency.path[: Agency.steplen]),
        state=state,
        reason="away" if state == "failed" else "",
        handed_at=NOW if state == "handed" else None,
    )


def _said(made: World, number: int) -> None:
    """Messages, reminders and long work, for everybody."""
    mails = (Notice.Mail.SENT, Notice.Mail.HELD, Notice.Mail.FAILED)
    for name in PEOPLE:
        for mail in mails:
            notice = Notice.objects.create(
                person=made.people[name],
                kind="learning",
                about=f"{mail} {number}",
                title="Ingat.",
                link="/inbox/",
                mail_state=mail,
                sent_at=NOW if mail == Notice.Mail.SENT else None,
            )
        for task, state in ((REPORT, "done"), (EXPORT, "done"), ("people.check_import", "failed"), (REPORT, "running")):
            payload = {"agency": made.own.agency.pk, "year": date.today().year, "form": "xlsx", "show": "all"}
            _work(made.people[name], task, state, payload)
    _work(made.people.officer, "rosters.check_import", "done", {"cohort": made.own.cohort.pk})
    Reminder.objects.create(
        enrollment=made.own.enrollment,
        step=Reminder.Step.H7,
        due_on=LONG_AGO + timedelta(days=number),
        told_on=date.today(),
        notice=notice,
    )


def _asked(made: World, unit: Agency, number: int) -> None:
    """Surveys to answer, answers put together, questions of a draft, trainers who are judged."""
    own, version = made.own, national()["course"]
    for name in ("learner", "head"):
        place = make.enrollment(learner=make.person(agency=unit), cohort=own.to_judge.cohort, status="completed")
        Invitation.objects.create(
            enrollment=place,
            kind="superior",
            person=made.people[name],
            asked_on=NOW.date(),
            open_until=date(2099, 12, 31),
        )
    own.to_judge.cohort.trainers.add(make.person(agency=unit))
    own.cohort.trainers.add(make.person(agency=unit))
    bundle = Bundle.objects.create(version=version, course=own.published.course, unit=unit, size=6, week=NOW.date())
    for question in version.questions.all():
        is_text = question.sort == "text"
        Answer.objects.create(
            bundle=bundle,
            question=question,
            step=None if is_text else 3,
            text="Baik." if is_text else "",
            count=1 if is_text else 6,
            is_shown=True,
        )
    Question.objects.create(version=own.question.version, position=number + 1, text="Baik?", low="tidak", high="ya")


def _work(owner: User, task: str, state: str, payload: dict[str, Any]) -> None:
    Job.objects.create(
        owner=owner,
        task=task,
        title=f"Pekerjaan {uuid4()}",
        state=state,
        payload=payload,
        done=1,
        total=2,
        started_at=NOW,
        finished_at=NOW if state != "running" else None,
    )
