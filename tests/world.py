"""A small world for the tests that try every address: the cast, and one thing of every sort on three sides.

- `own`: what belongs to Dinas A and its learner, organised by the city's BKPSDM;
- `sister`: the same of Dinas B, another unit of the same city: its officers may, A's people must not;
- `foreign`: the same of another government, of which nobody in the cast may see anything.

Every text of a side bears that side's canary word and a piece of markup that must never run. Titles of published courses are
open to all civil servants, so they bear no canary.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from accounts.absences.actions import record_absence
from accounts.absences.models import Absence
from accounts.agencies.models import Agency
from accounts.jobs.models import Job
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.portraits.actions import give_portrait
from accounts.portraits.models import Portrait
from accounts.roles.models import RoleGrant
from accounts.signin.actions import acknowledge, issue_token, trust_office_address
from accounts.signin.models import ApiToken
from accounts.signin.queries import current_notice
from courses.authoring.actions import next_draft
from courses.files.actions import keep_file
from courses.files.models import MediaFile
from courses.lesson_kinds import kinds
from courses.lesson_kinds.quiz.content import Option, Question, write_questions
from courses.lesson_kinds.reflection.models import ReflectionContent
from courses.packages.errands import EXPORT
from courses.structure.models import CourseVersion, Lesson, Module, ReviewComment
from courses.taxonomy.models import Accreditation, CompetencyKind, ProgramFamily
from enrollments.attempts.models import Attempt, AttemptItem
from enrollments.badges.actions import give_badges
from enrollments.builder.models import SavedReport
from enrollments.certificates.models import Certificate, CertificateSeries, CorrectionRequest, ShareLink
from enrollments.claims.actions import verify_claim
from enrollments.claims.facts import Facts
from enrollments.claims.models import Claim, Evidence
from enrollments.cohorts.models import Cohort
from enrollments.designs.models import CertificateDesign, DesignVersion
from enrollments.enrolling.models import Enrollment
from enrollments.issuance.models import Issuance, IssuanceLine
from enrollments.reports.models import SavedView
from enrollments.siasn.models import Posting
from enrollments.siasn.sheet import TASK as SIASN_FILE
from enrollments.subscriptions.models import Subscription
from enrollments.surveys import models as surveys
from tests import make
from tests.cast import Cast, cast
from tests.courses import build
from tests.enrollments.claims import fixture as outside_rows
from tests.enrollments.surveys.rows import national

PEOPLE = ("learner", "head", "officer", "reviewer", "trainer", "other_head", "other_learner", "admin")
NOBODY = "nobody"
EVERYBODY = (*PEOPLE, NOBODY)
CANARIES = {"own": "Kutilang", "sister": "Kenari", "foreign": "Cucakrawa"}
# Whose words a person must never meet. Signed out, one meets nobody's.
FORBIDDEN = {
    **dict.fromkeys(("learner", "head"), ("sister", "foreign")),
    **dict.fromkeys(("other_head", "other_learner"), ("own", "foreign")),
    **dict.fromkeys(("officer", "reviewer", "trainer", "admin"), ("foreign",)),
    NOBODY: ("own", "sister", "foreign"),
}
# Each breaks out of another place: text, a double- or single-quoted attribute, a link, a text area, a script, a template.
CORPUS = (
    "<script>hz()</script>",
    '"><img src=x onerror=hz()>',
    "' onmouseover='hz()",
    "javascript:hz()",
    "</textarea><svg onload=hz()>",
    "</script><iframe src=//hz.example>",
    "{{ hz }}{% hz %}<hz onclick=hz()>",
)
MARKDOWN = (
    '[a](javascript:hz%28%29) ![b](x.png"onerror=hz()) <script>hz()</script>\n\n<img src=x onerror=hz()>\n\n'
    "[c](data:text/html,<script>hz()</script>) <a href='vbscript:hz()' onclick=hz()>d</a>\n\n`<b onclick=hz()>`"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SHEET = b"nip;nama\n199001012015031002;Budi\n"
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHalo\n"
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)


@dataclass
class Side:
    """What one side has. Versions: `draft` has a published one before it and an open comment; the others stand alone in their states."""

    canary: str
    agency: Agency
    organiser: Agency
    # Below `agency`: one without people, and one that is closed.
    spare: Agency
    shut: Agency
    learner: User
    portrait: Portrait
    absence: Absence
    head: User
    leaver: User
    grant: RoleGrant
    draft: CourseVersion
    module: Module
    lesson: Lesson
    comment: ReviewComment
    ready: CourseVersion
    reviewing: CourseVersion
    approved: CourseVersion
    published: CourseVersion
    cohort: Cohort
    enrollment: Enrollment
    done: Enrollment
    # A place in a course with a quiz, a reflection, a film and a document, and an answer to the reflection.
    practice: Enrollment
    quiz: Lesson
    reflection: Lesson
    answer: AttemptItem
    certificate: Certificate
    correction: CorrectionRequest
    to_sign: Certificate
    link: ShareLink
    issuance: Issuance
    # Learning outside: not sent yet, being checked, verified.
    outside_draft: Claim
    proof: Evidence
    outside: Claim
    outside_counted: Claim
    own_rows: Job
    office_rows: Job
    design: DesignVersion
    accreditation: Accreditation
    # A completed place whose download waits for answers; what the learner is asked some months after another; a draft question.
    to_judge: Enrollment
    invitation: surveys.Invitation
    question: surveys.Question
    # What SIASN refused of it, and the government that answers for it.
    posting: Posting
    top: Agency
    notice: Notice
    token: ApiToken
    job: Job
    going: Job
    broken: Job
    check: Job
    siasn_file: Job
    subscription: Subscription
    kept_wish: SavedReport
    roster: Job
    media: MediaFile
    # A list of people that the head keeps
    view: SavedView


@dataclass
class World:
    people: Cast
    own: Side
    sister: Side
    foreign: Side

    def __getitem__(self, side: str) -> Side:
        found: Side = getattr(self, side)
        return found


def world() -> World:
    """Write the world's rows and return them."""
    people = cast()
    there = make.agency("Kabupaten Terbuka", kind=Agency.Kind.INSTANSI)
    unit = make.agency("Dinas Tetangga", parent=there, kind=Agency.Kind.OPD)
    role = RoleGrant.Role
    stranger, far_head = make.person(agency=unit), make.person(agency=unit, role=role.HEAD)
    far_officer = make.person(agency=unit, role=role.OFFICER, over=there)
    far_reviewer = make.person(agency=unit, role=role.REVIEWER, over=there)
    far_trainer = make.person(agency=unit, role=role.TRAINER, over=there)
    # Who organises a course is said to everybody, so organisers bear no canary.
    here = _Desk(people.bkpsdm, people.officer, people.reviewer, people.trainer)
    desk_b = _Desk(make.agency("Bidang Diklat B", parent=people.b), people.officer, people.reviewer, people.trainer)
    far = _Desk(make.agency("Bidang Diklat C", parent=unit), far_officer, far_reviewer, far_trainer)
    made = World(
        people,
        own=_side("own", people.a, people.learner, people.head, here),
        sister=_side("sister", people.b, people.other_learner, people.other_head, desk_b),
        foreign=_side("foreign", unit, stranger, far_head, far),
    )
    notice = current_notice()
    for name in PEOPLE:
        person = people[name]
        person.set_password(make.PASSWORD)
        person.save(update_fields=["password"])
        trust_office_address(person)  # as signing in does
        if notice:
            acknowledge(person, notice)
    return made


@dataclass(frozen=True)
class _Desk:
    """Who works for a side."""

    organiser: Agency
    officer: User
    reviewer: User
    trainer: User


def _side(name: str, unit: Agency, learner: User, head: User, desk: _Desk) -> Side:
    organiser, officer, reviewer = desk.organiser, desk.officer, desk.reviewer
    canary = CANARIES[name]
    say = _sayings(canary)
    Agency.objects.filter(pk=unit.pk).update(name=next(say)[:200], short_name=canary)
    for number, person in enumerate((learner, head)):
        User.objects.filter(pk=person.pk).update(
            name=next(say), post=next(say), email=f"{canary.lower()}{number}@contoh.go.id", title_after=canary
        )
        person.refresh_from_db()
    unit.refresh_from_db()

    draft = _draft(organiser, officer, reviewer, say)
    lesson = draft.lessons.order_by("position")[0]
    comment = ReviewComment.objects.create(version=draft, author=reviewer, text=next(say), lesson_uid=lesson.uid)
    published = make.publish(build.ready_draft(organiser, title="Pelayanan terbuka"))
    reviewing = _in_state(
        build.ready_draft(organiser, by=None, title=next(say)[:150]), "in_review", reviewer=reviewer, submitted_at=NOW
    )
    approved = _in_state(
        build.ready_draft(organiser, by=None, title=next(say)[:150]), "approved", reviewer=reviewer, approved_at=NOW
    )
    for version in (reviewing, approved):
        version.authors.add(officer)
    cohort = make.cohort(
        version=published, name=next(say), place=next(say), seats=30, is_open_to_all=False, organiser=organiser
    )
    cohort.trainers.add(desk.trainer)
    over = make.cohort(version=published, name=next(say), place=next(say), organiser=organiser, is_open_to_all=False)
    enrollment = make.enrollment(learner=learner, cohort=cohort)
    gone = make.enrollment(
        learner=learner, cohort=make.cohort(version=published), status="withdrawn", withdrawal_reason=next(say)
    )
    done = make.enrollment(learner=gone.learner, cohort=over, status="completed", score=Decimal("91.5"))
    make.credit(learner, 2, enrollment=done)
    practice = _practice(organiser, learner, desk.trainer, say)
    quiz, reflection = practice.version.lessons.order_by("position")[:2]
    paper = _certificate(done, organiser, say)
    top = Agency.objects.get(path=unit.path[: Agency.steplen])
    draft_outside, outside, counted = _outside(learner, officer, say)
    return Side(
        canary=canary,
        practice=practice,
        quiz=quiz,
        reflection=reflection,
        answer=_answer(practice, reflection, desk.trainer, say),
        agency=unit,
        organiser=organiser,
        spare=make.agency(next(say)[:200], parent=unit),
        shut=make.agency(next(say)[:200], parent=unit, is_active=False),
        leaver=make.person(
            next(say)[:150],
            agency=unit,
            is_active=False,
            deactivated_on=date(2026, 1, 31),
        ),
        grant=head.grants.get(),
        learner=learner,
        portrait=give_portrait(learner, make.picture()),
        absence=record_absence(
            learner, "besar", from_on=date(2024, 3, 1), until_on=date(2024, 5, 31), decree=next(say)[:100], by=None
        ),
        head=head,
        draft=draft,
        module=draft.modules.order_by("position")[0],
        lesson=lesson,
        comment=comment,
        ready=build.ready_draft(organiser, title=next(say)[:150]),
        reviewing=reviewing,
        approved=approved,
        published=published,
        cohort=cohort,
        enrollment=enrollment,
        done=done,
        certificate=paper,
        link=ShareLink.objects.create(certificate=paper),
        to_sign=_to_sign(paper, over, head, say),
        issuance=_issuance(paper, enrollment, officer, say),
        outside_draft=draft_outside,
        proof=draft_outside.evidence.get(),
        outside=outside,
        outside_counted=counted,
        own_rows=_job(learner, say, "claims.check_import", payload={"office": False}, result=_checked(say)),
        office_rows=_job(officer, say, "claims.check_import", payload={"office": True}, result=_checked(say)),
        design=DesignVersion.objects.create(
            design=CertificateDesign.objects.create(organiser=organiser, kind="sertifikat"),
            number=1,
            title=next(say)[:60],
            legal_basis=next(say),
            signatory_post=next(say),
            back_post=next(say),
        ),
        accreditation=Accreditation.objects.create(
            organiser=organiser,
            family=ProgramFamily.objects.get_or_create(code="PKP", defaults={"name": "PKP"})[0],
            body=next(say),
            decree=next(say),
            grade=next(say)[:60],
            valid_from=date(2026, 1, 1),
            valid_until=date(2099, 12, 31),
        ),
        correction=CorrectionRequest.objects.create(certificate=paper, part="name", wish=next(say)),
        to_judge=_to_judge(organiser, learner, say),
        invitation=surveys.Invitation.objects.create(
            enrollment=done, kind="alumnus", person=learner, asked_on=NOW.date(), open_until=date(2099, 12, 31)
        ),
        question=_asked(published, unit, organiser, say),
        posting=Posting.objects.create(
            certificate=paper,
            instansi=top,
            state=Posting.State.FAILED,
            reason=Posting.Reason.REJECTED,
            message=next(say),
        ),
        top=top,
        notice=Notice.objects.create(
            person=learner,
            kind="news",
            about=canary,
            title=next(say),
            body=next(say),
            link="/inbox/",
            mail_state=Notice.Mail.FAILED,
            mail_reason=next(say)[:250],
        ),
        token=issue_token(learner, next(say)[:60], days=30)[0],
        job=_job(officer, say, EXPORT),
        going=_job(officer, say, EXPORT, state=Job.State.RUNNING, finished_at=None),
        broken=_job(officer, say, EXPORT, state=Job.State.FAILED, error=next(say)),
        check=_job(officer, say, "people.check_import", result=_checked(say)),
        kept_wish=SavedReport.objects.create(
            owner=head, agency=unit, name=next(say)[:80], rows="units", is_shared=True
        ),
        subscription=Subscription.objects.create(
            person=head, agency=unit, rhythm="quarterly", since_on=date(2026, 1, 1)
        ),
        roster=_job(officer, say, "rosters.check_import", payload={"cohort": cohort.pk}, result=_checked(say)),
        siasn_file=_job(officer, say, SIASN_FILE, result={"count": 1, "waiting": 0}),
        media=keep_file(ContentFile(VTT, name=f"{canary}.vtt"), by=officer, allowed={"text/vtt"}),
        view=SavedView.objects.create(owner=head, place=1, name=next(say)[:60], agency=unit, text=canary),
    )


def _sayings(canary: str) -> Iterator[str]:
    """Texts that nobody should ever believe, each another piece of the corpus."""
    for number in count():
        yield f"{CORPUS[number % len(CORPUS)]} {canary} {number}"


def _draft(organiser: Agency, officer: User, reviewer: User, say: Iterator[str]) -> CourseVersion:
    first = make.publish(build.ready_draft(organiser, title="Melayani terbuka"))
    draft = next_draft(first.course, by=None)
    CourseVersion.objects.filter(pk=draft.pk).update(
        title=next(say)[:150],
        summary=next(say),
        description=f"{next(say)}\n\n{MARKDOWN}",
        target_group=next(say),
        change_note=next(say),
        competency=CompetencyKind.objects.order_by("pk")[0],
        reviewer=reviewer,
    )
    draft.refresh_from_db()
    draft.authors.add(officer)
    draft.modules.update(title=next(say)[:150])
    for lesson in draft.lessons.order_by("position"):
        Lesson.objects.filter(pk=lesson.pk).update(title=next(say)[:150])
        lesson.refresh_from_db()
        build.write_text(lesson, f"{next(say)}\n\n{MARKDOWN}")
    return draft


def _practice(organiser: Agency, learner: User, trainer: User, say: Iterator[str]) -> Enrollment:
    version = make.version(organiser=organiser, kind="quiz", lessons=1, published=False, title="Latihan terbuka")
    module = version.modules.get()
    for position, kind in enumerate(("reflection", "video", "document"), start=1):
        lesson = Lesson.objects.create(
            version=version, module=module, position=position, kind=kind, title=next(say)[:150]
        )
        kinds[kind].create(lesson)
    quiz, reflection = version.lessons.order_by("position")[:2]
    options = (Option(str(uuid4()), next(say), True, next(say)), Option(str(uuid4()), next(say)))
    write_questions(
        quiz, (Question(str(uuid4()), text=f"{next(say)} {MARKDOWN}", feedback=next(say), options=options),)
    )
    ReflectionContent.objects.filter(lesson=reflection).update(prompt=f"{next(say)}\n\n{MARKDOWN}", min_words=1)
    make.publish(version)
    cohort = make.cohort(version=version, name=next(say), place=next(say), organiser=organiser, is_open_to_all=False)
    cohort.trainers.add(trainer)
    return make.enrollment(learner=learner, cohort=cohort)


def _answer(place: Enrollment, lesson: Lesson, trainer: User, say: Iterator[str]) -> AttemptItem:
    said = f"{next(say)}\n{MARKDOWN}"
    attempt = Attempt.objects.create(
        enrollment=place,
        lesson=lesson,
        state={"draft": said, "at": 0, "sent": said, "sent_at": NOW.isoformat(), "is_too_short": False},
        is_finished=True,
        started_at=NOW,
        closed_at=NOW,
    )
    return AttemptItem.objects.create(
        attempt=attempt, key="text", answer=said, comment=next(say), commented_by=trainer, commented_at=NOW
    )


def _in_state(version: CourseVersion, state: str, **fields: Any) -> CourseVersion:
    CourseVersion.objects.filter(pk=version.pk).update(state=state, **fields)
    version.refresh_from_db()
    return version


def _certificate(done: Enrollment, organiser: Agency, say: Iterator[str]) -> Certificate:
    series = CertificateSeries.objects.create(
        organiser=organiser, year=2026, kind="sertifikat", last=2, template="B.{urut}/X/{bulan}/{tahun}"
    )
    row = Certificate(
        enrollment=done,
        series=series,
        year=2026,
        sequence=1,
        number=f"B.0001/{series.pk}/III/2026",
        issued_on=date(2026, 3, 2),
        state=Certificate.State.DELIVERED,
        name=done.learner.full_name,
        nip=done.learner.nip or "",
        post=next(say),
        agency_name=next(say),
        course_title=next(say),
        cohort_name=next(say),
        organiser_name=next(say),
        place=next(say),
        signatory_name=next(say),
        signatory_post=next(say),
        subjects=[{"title": next(say), "jp": "2.00"}],
        frozen_at=NOW,
        confirm_until=NOW,
        drawn_at=NOW,
    )
    row.file.save("paper.pdf", ContentFile(PDF), save=False)
    row.save()
    give_badges(row.pk)
    return row


def _issuance(paper: Certificate, failed: Enrollment, officer: User, say: Iterator[str]) -> Issuance:
    """An act that gave the paper, and broke on another place."""
    row = Issuance.objects.create(cohort=paper.enrollment.cohort, audience="finished", kind=paper.kind, made_by=officer)
    row.lines.create(enrollment=paper.enrollment, certificate=paper, state=IssuanceLine.State.GIVEN)
    row.lines.create(enrollment=failed, state=IssuanceLine.State.FAILED, error=next(say)[:300])
    return row


def _outside(learner: User, officer: User, say: Iterator[str]) -> tuple[Claim, Claim, Claim]:
    """Three claims of one day, which look like each other; the files are the same on every side."""

    def stated(number: int) -> Facts:
        return outside_rows.facts(
            date(2026, 2, 2),
            title=next(say)[:200],
            organiser=next(say)[:200],
            certificate_number=f"{number} {next(say)}"[:100],
        )

    counted = verify_claim(
        outside_rows.sent(learner, facts=stated(1), files=[outside_rows.pdf("satu")], why=next(say)), by=officer
    )
    waiting = outside_rows.sent(learner, facts=stated(2), files=[outside_rows.pdf("dua")], why=next(say))
    return outside_rows.draft(learner, facts=stated(3), files=[outside_rows.pdf("tiga")]), waiting, counted


def _to_sign(paper: Certificate, cohort: Cohort, official: User, say: Iterator[str]) -> Certificate:
    """One that lies before the head of the unit."""
    place = make.enrollment(
        learner=make.person(next(say)[:150], agency=official.agency), cohort=cohort, status="completed"
    )
    return Certificate.objects.create(
        enrollment=place,
        series=paper.series,
        year=2026,
        sequence=2,
        number=f"B.0002/{paper.series.pk}/III/2026",
        issued_on=date(2026, 3, 2),
        state=Certificate.State.AWAITING_SIGNATURE,
        name=place.learner.full_name,
        course_title=next(say),
        organiser_name=next(say),
        error=next(say)[:300],
        signatory=official,
        signer="local_person",
        frozen_at=NOW,
        confirm_until=NOW,
        drawn_at=NOW,
    )


def _to_judge(organiser: Agency, learner: User, say: Iterator[str]) -> Enrollment:
    version = make.version(organiser=organiser, title="Pelatihan yang dinilai", asks_before_download=True)
    cohort = make.cohort(version=version, name=next(say), organiser=organiser, is_open_to_all=False)
    return make.enrollment(learner=learner, cohort=cohort, status="completed")


def _asked(published: CourseVersion, unit: Agency, organiser: Agency, say: Iterator[str]) -> surveys.Question:
    """The draft of the organiser's own questionnaire, and what people of the unit wrote into the national one."""
    version = national()["course"]
    bundle = surveys.Bundle.objects.create(version=version, course=published.course, unit=unit, size=6, week=NOW.date())
    words = version.questions.get(sort="text")
    for _person in range(6):
        surveys.Answer.objects.create(bundle=bundle, question=words, text=f"{next(say)}\n{MARKDOWN}", is_shown=True)
    scale = version.questions.filter(sort="scale")[0]
    surveys.Answer.objects.create(bundle=bundle, question=scale, step=4, count=6, is_shown=True)
    draft = surveys.QuestionnaireVersion.objects.create(
        questionnaire=surveys.Questionnaire.objects.create(organiser=organiser, kind="course"), number=1
    )
    surveys.Question.objects.create(version=draft, text=next(say), low=next(say)[:60], high=next(say)[:60])
    return surveys.Question.objects.create(
        version=draft, position=1, sort="choice", text=next(say), options=[next(say), next(say)]
    )


def _job(officer: User, say: Iterator[str], task: str, **fields: Any) -> Job:
    values: dict[str, Any] = {"state": Job.State.DONE, "done": 1, "total": 1, "finished_at": NOW, **fields}
    row = Job(task=task, title=next(say), owner=officer, started_at=NOW, **values)
    row.source.save("orang.csv", ContentFile(SHEET), save=False)
    if row.state == Job.State.DONE:
        row.file.save("paket.zip", ContentFile(b"PK\x05\x06" + bytes(18)), save=False)
    row.save()
    return row


def _checked(say: Iterator[str]) -> dict[str, Any]:
    """What a look through a sheet found."""
    error = {"column": "nip", "message": next(say), "hint": next(say)}
    row = {"row": 2, "kind": "refused", "label": next(say), "number": "…123", "unit": next(say), "errors": [error]}
    return {"created": 1, "updated": 0, "unchanged": 0, "refused": 1, "shown": [row]}
