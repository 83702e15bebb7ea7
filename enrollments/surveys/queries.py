"""Which questionnaire holds, what somebody still has to answer, and who is asked next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
)
from django.db.models.functions import Cast, TruncDate

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from accounts.signin.mydata import part_of_my_data
from asn_lms.lib.prepared import Prepared, Slot
from enrollments.enrolling.models import Enrollment, EnrollmentQuerySet
from enrollments.surveys.models import (
    AFTERWARDS,
    BEFORE_DOWNLOAD,
    Invitation,
    Kind,
    Questionnaire,
    QuestionnaireVersion,
)

State = QuestionnaireVersion.State
# How long after its day a survey is still sent: past that, nobody remembers what the training changed, and a year of history
# that is loaded on one day writes to nobody.
LATE_BY = timedelta(days=90)
# About so long takes one question.
SECONDS_EACH = 8


def line_of_paths(agency: Agency) -> list[str]:
    """The tree paths from the top down to this unit."""
    step = Agency.steplen
    return [agency.path[:end] for end in range(step, len(agency.path) + 1, step)]


_IN_USE = Prepared(
    lambda: (
        QuestionnaireVersion.objects.filter(state=State.PUBLISHED, questionnaire__kind__in=Slot("kinds"))
        .select_related("questionnaire__organiser")
        .annotate(question_count=Count("questions"))
    )
)


class InUse:
    """Questionnaires in use, by kind and the path of their organiser: that of the nearest unit holds, else the national one."""

    def __init__(self, *kinds: str) -> None:
        self._found: dict[tuple[str, str], QuestionnaireVersion | None] = {}
        for row in _IN_USE.rows(kinds=kinds):
            organiser = row.questionnaire.organiser
            # An organiser that put an empty one into use asks nothing.
            self._found[row.questionnaire.kind, organiser.path if organiser else ""] = (
                row if row.question_count else None
            )

    def of(self, kind: str, organiser: Agency) -> QuestionnaireVersion | None:
        for path in [*reversed(line_of_paths(organiser)), ""]:
            if (kind, path) in self._found:
                return self._found[kind, path]
        return None


def questionnaire_in_use(kind: str, organiser: Agency) -> QuestionnaireVersion | None:
    """The version that holds for courses of this organiser; None: nothing is asked. One query."""
    return InUse(kind).of(kind, organiser)


def usable_version(pk: int, kind: str, organiser: Agency) -> QuestionnaireVersion | None:
    """A version of that kind that is, or lately was, in use for the organiser: a page may have been open while the next came."""
    above = Q(questionnaire__organiser__path__in=line_of_paths(organiser)) | Q(questionnaire__organiser__isnull=True)
    rows = QuestionnaireVersion.objects.exclude(state=State.DRAFT).filter(above, questionnaire__kind=kind)
    return rows.prefetch_related("questions").filter(pk=pk).first()


# ── Before the download ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Asked:
    """One questionnaire that stands before a download. `key` names it in the form: "course", "trainer-12"."""

    kind: Kind
    trainer: User | None
    version: QuestionnaireVersion
    # How many
    questions: int

    @property
    def key(self) -> str:
        return f"{self.kind.value}-{self.trainer.pk}" if self.trainer else self.kind.value


def _answered() -> QuerySet[Enrollment, Any]:
    """Of each place whether the course was judged, and of each of its trainers whether they were."""
    answered = Invitation.objects.filter(enrollment=OuterRef("pk"), is_answered=True)
    return (
        Enrollment.objects.filter(pk__in=Slot("places"))
        .order_by("pk", "cohort__trainers__name", "cohort__trainers")
        .values_list(
            "pk",
            "cohort__trainers",
            Exists(answered.filter(kind=Kind.COURSE)),
            Exists(answered.filter(kind=Kind.TRAINER, trainer=OuterRef("cohort__trainers"))),
        )
    )


_ANSWERED = Prepared(_answered)


def before_download(places: Sequence[Enrollment]) -> dict[int, list[Asked]]:
    """What still stands before the download of each place's certificate, by the place's id: of completed places whose version asks.

    `places` come with their `version` and `cohort__organiser`. Three queries at most, one once everything is answered, none where no
    version asks.
    """
    asking = [
        place for place in places if place.version.asks_before_download and place.status == Enrollment.Status.COMPLETED
    ]
    if not asking:
        return {}
    rows = _ANSWERED.rows(places=tuple({place.pk for place in asking}))
    learners = {place.pk: place.learner_id for place in asking}
    judges_course = {pk for pk, _trainer, is_course_judged, _is_judged in rows if not is_course_judged}
    to_judge: dict[int, list[int]] = {}
    for pk, trainer_id, _is_course_judged, is_judged in rows:
        if trainer_id is not None and trainer_id != learners[pk] and not is_judged:
            to_judge.setdefault(pk, []).append(trainer_id)
    if not (judges_course or to_judge):
        return {}
    trainers = User.objects.in_bulk({one for some in to_judge.values() for one in some}) if to_judge else {}
    used = InUse(*BEFORE_DOWNLOAD)
    found = {}
    for place in asking:
        organiser = place.cohort.organiser
        wanted: list[tuple[Kind, User | None]] = [(Kind.COURSE, None)] if place.pk in judges_course else []
        wanted += [(Kind.TRAINER, trainers[one]) for one in to_judge.get(place.pk, [])]
        left = [
            Asked(kind, trainer, version, getattr(version, "question_count", 0))
            for kind, trainer in wanted
            if (version := used.of(kind, organiser)) is not None
        ]
        if left:
            found[place.pk] = left
    return found


def left_before_download(place: Enrollment) -> list[Asked]:
    """The same for one place."""
    return before_download([place]).get(place.pk, [])


@dataclass(frozen=True)
class Left:
    """How much stands before a download, for the one sentence that says so."""

    questions: int
    place_id: int

    @property
    def minutes(self) -> int:
        """At least one."""
        return max(round(self.questions * SECONDS_EACH / 60), 1)


def said_before_download(place: Enrollment) -> Left | None:
    """None when the download is free."""
    left = left_before_download(place)
    return Left(sum(one.questions for one in left), place.pk) if left else None


# ── Some months later ────────────────────────────────────────────────────────────────────────────────────────────────


def invitations_of(person: User, today: date) -> list[Invitation]:
    """What waits for this person's answer, the soonest to close first."""
    rows = Invitation.objects.held_by(person).open_on(today)
    return list(
        rows.select_related("enrollment__learner", "enrollment__version", "enrollment__cohort__organiser").order_by(
            "open_until", "pk"
        )[:100]
    )


def due_for_survey(today: date, zone: str) -> EnrollmentQuerySet:
    """Completed places whose day has come and of which nobody was asked yet, with the people to ask still in service.

    The day is counted in the learner's zone; a month that is shorter ends the count on its last day.
    """
    months = F("version__survey_after_months")
    waits = Func(months, template="make_interval(months => %(expressions)s)", output_field=DurationField())
    completed_on = TruncDate("completed_at", tzinfo=ZoneInfo(zone))
    asked = Invitation.objects.filter(enrollment=OuterRef("pk"), kind__in=AFTERWARDS)
    longest = timedelta(days=31 * 60) + LATE_BY
    return (
        Enrollment.objects.filter(
            _of_zone(zone),
            ~Exists(asked),
            status=Enrollment.Status.COMPLETED,
            completed_at__gte=datetime(today.year, today.month, today.day, tzinfo=ZoneInfo(zone)) - longest,
            version__survey_after_months__isnull=False,
            learner__is_active=True,
        )
        .annotate(
            survey_on=Cast(
                ExpressionWrapper(Cast(completed_on, DateField()) + waits, output_field=DateTimeField()), DateField()
            )
        )
        .filter(survey_on__lte=today, survey_on__gt=today - LATE_BY)
        .order_by("pk")
    )


def _of_zone(zone: str) -> Q:
    return Q(learner__agency__zone=zone)


def superior_of(person: User, on: date) -> User | None:
    """Who heads the person's unit that day, by a dated grant, definitive or Plt.; of the next unit above where that post is vacant
    or is the person's own. A definitive head goes before an acting one, the newer grant before the older. One query.
    """
    if person.agency is None:
        return None
    grants = (
        RoleGrant.objects.effective(on)
        .filter(
            role=RoleGrant.Role.HEAD,
            basis__in=[RoleGrant.Basis.DEFINITIVE, RoleGrant.Basis.PLT],
            agency__path__in=line_of_paths(person.agency),
            person__is_active=True,
        )
        .exclude(person=person)
        .select_related("person__agency", "agency")
    )
    found = sorted(
        grants,
        key=lambda one: (one.agency.depth, one.basis == RoleGrant.Basis.DEFINITIVE, one.from_on, one.pk),
        reverse=True,
    )
    return found[0].person if found else None


# ── The office ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class QuestionnaireRow:
    """A kind of questionnaire of one organiser (None: the national one), as the office lists them."""

    organiser: Agency | None
    kind: Kind
    used: QuestionnaireVersion | None
    draft: QuestionnaireVersion | None
    is_kept: bool


def questionnaires_of(user: User) -> list[QuestionnaireRow]:
    """The national ones, then those of each organiser among the person's units. Four queries."""
    rows = Questionnaire.objects.seen_by(user).select_related("organiser")
    found = {
        (one.organiser_id, one.kind): one
        for one in rows.prefetch_related(
            Prefetch("versions", QuestionnaireVersion.objects.exclude(state=State.RETIRED))
        )
    }
    kept = {one.pk for one in Questionnaire.objects.kept_by(user)}
    mine = agencies_of(user, RoleGrant.Role.OFFICER).active()
    organisers: dict[int | None, Agency | None] = {None: None}
    organisers |= {one.pk: one for one in mine.filter(cohorts__isnull=False).distinct().order_by("path")}
    organisers |= {one.organiser_id: one.organiser for one in found.values()}
    return [
        _row(organiser, kind, found.get((pk, kind.value)), kept)
        for pk, organiser in organisers.items()
        for kind in Kind
    ]


def _row(organiser: Agency | None, kind: Kind, one: Questionnaire | None, kept: set[int]) -> QuestionnaireRow:
    versions: Iterable[Any] = one.versions.all() if one else ()
    by_state = {version.state: version for version in versions}
    is_kept = one.pk in kept if one else organiser is not None
    return QuestionnaireRow(organiser, kind, by_state.get(State.PUBLISHED), by_state.get(State.DRAFT), is_kept)


def versions_seen_by(user: User) -> QuerySet[QuestionnaireVersion]:
    mine = Questionnaire.objects.seen_by(user)
    return QuestionnaireVersion.objects.filter(questionnaire__in=mine).select_related("questionnaire__organiser")


def drafts_kept_by(user: User) -> QuerySet[QuestionnaireVersion]:
    """Versions that the person may change: also no draft any more, so that the refusal says so."""
    mine = Questionnaire.objects.kept_by(user)
    return QuestionnaireVersion.objects.filter(questionnaire__in=mine).select_related("questionnaire__organiser")


# ── What is kept about a person, for that person ─────────────────────────────────────────────────────────────────────


@part_of_my_data("surveys")
def kept_of_surveys(person: User) -> list[dict[str, Any]]:
    """Each invitation, and whether it was answered: what was answered is nowhere kept with a name. One query."""
    rows = Invitation.objects.filter(person=person).select_related("enrollment__version").order_by("-pk")
    return [
        {
            "course": row.enrollment.version.title,
            "asked_about": row.get_kind_display(),
            "asked_on": str(row.asked_on),
            "is_answered": row.is_answered,
        }
        for row in rows
    ]
