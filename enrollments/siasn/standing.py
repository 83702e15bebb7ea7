"""How a person stands with IP-ASN: what they hold, what SIASN says officially, what a course would add."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.prepared import Prepared, Slot
from courses.structure.models import CourseVersion
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment
from enrollments.siasn.client import connection
from enrollments.siasn.index import Estimate, Standing, Training, category, estimate, has_it, is_exempt
from enrollments.siasn.models import CourseMapping, IndexPoint, OfficialIndex, SiasnPerson

GROUPS = {
    User.PostKind.JPT: IndexPoint.Posts.STRUCTURAL,
    User.PostKind.ADMINISTRATOR: IndexPoint.Posts.STRUCTURAL,
    User.PostKind.SUPERVISOR: IndexPoint.Posts.STRUCTURAL,
    User.PostKind.FUNCTIONAL: IndexPoint.Posts.FUNCTIONAL,
    User.PostKind.STAFF: IndexPoint.Posts.STAFF,
}
MOST_SUGGESTED = 6


_POINTS = Prepared(
    lambda: (
        IndexPoint.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=Slot("day")),
            posts=Slot("posts"),
            valid_from__lte=Slot("day"),
        )
        .annotate(said=Subquery(CourseMapping.objects.filter(course=Slot("course")).values("training_type__code")[:1]))
        .order_by("valid_from", "pk")
    )
)


def points_on(day: date, posts: str, course_id: int | None = None) -> tuple[list[IndexPoint], str]:
    """The rows of a group of posts that hold on that day, the newest of each column; and, read along, the kind of training that is
    recorded for this course (empty when none is).
    """
    rows = _POINTS.rows(day=day, posts=posts, course=course_id)
    newest = {row.column: row for row in rows}
    code = next((getattr(row, "said", None) or "" for row in newest.values()), "")
    return [newest[column] for column in IndexPoint.Column.values if column in newest], code


_TRAININGS = Prepared(
    lambda: (
        Certificate.objects.held_by(Slot("person"))
        .live()
        .filter(enrollment__status=Enrollment.Status.COMPLETED)
        .annotate(
            type_code=Coalesce(
                F("enrollment__cohort__course__siasn__training_type__code"),
                F("enrollment__version__training_type__code"),
            ),
            hours=F("enrollment__version__jp"),
        )
        .values_list("type_code", "hours", "issued_on")
    )
)


def standing_of(person: User) -> Standing:
    """One query: the certificates that stand, with the kind of training that each was."""
    rows = _TRAININGS.rows(person=person.pk)
    return Standing(
        posts=GROUPS[User.PostKind(person.post_kind)],
        post=person.post,
        trainings=tuple(Training(code or "", hours, on) for code, hours, on in rows),
    )


def estimate_for(person: User, version: CourseVersion) -> Estimate:
    """What completing this version today would add; two queries."""
    today = local_day(person.zone)
    standing = standing_of(person)
    rules, code = points_on(today, standing.posts, version.course_id)
    own = version.training_type.code if version.training_type else ""
    return estimate(standing, Training(code or own, version.jp, today), rules)


@dataclass(frozen=True)
class Column:
    """One column of the table for this person: scored or not, and by what."""

    rule: IndexPoint
    is_had: bool
    is_exempt: bool


@dataclass(frozen=True)
class Suggestion:
    version: CourseVersion
    estimate: Estimate


@dataclass(frozen=True)
class IndexPage:
    official: OfficialIndex | None
    category: str
    asked: SiasnPerson | None
    is_connected: bool
    columns: list[Column]
    suggestions: list[Suggestion]

    @property
    def is_asked(self) -> bool:
        """A worker is about to fetch it."""
        asked = self.asked
        if asked is None or asked.index_asked_at is None:
            return False
        return asked.index_read_at is None or asked.index_read_at < asked.index_asked_at

    @property
    def points(self) -> Decimal:
        """What the certificates here would be worth; not what SIASN holds, which knows other trainings too."""
        return sum((one.rule.points for one in self.columns if one.is_had or one.is_exempt), Decimal(0))


def index_page(person: User) -> IndexPage:
    """The person's own page; a constant number of queries."""
    today = local_day(person.zone)
    standing = standing_of(person)
    rules, _said = points_on(today, standing.posts)
    official = OfficialIndex.objects.filter(person=person).first()
    return IndexPage(
        official=official,
        category=category(official.total) if official else "",
        asked=SiasnPerson.objects.filter(person=person).first(),
        is_connected=connection() is not None,
        columns=[Column(rule, has_it(standing, rule, today), is_exempt(standing, rule)) for rule in rules],
        suggestions=_suggestions(person, standing, rules, today),
    )


def _suggestions(person: User, standing: Standing, rules: list[IndexPoint], today: date) -> list[Suggestion]:
    """Published courses that would add something, the shortest first; not those that the person has completed."""
    codes = {code for rule in rules for code in rule.types if not has_it(standing, rule, today)}
    done = person.enrollments.filter(status="completed").values("cohort__course")
    found = (
        CourseVersion.objects.filter(course__current=F("pk"))
        .exclude(course__in=done)
        .annotate(type_code=Coalesce(F("course__siasn__training_type__code"), F("training_type__code")))
        .filter(type_code__in=codes)
        .select_related("course")
        .order_by("jp", "title")[:60]
    )
    looked = [
        (version, estimate(standing, Training(getattr(version, "type_code", ""), version.jp, today), rules))
        for version in found
    ]
    return [Suggestion(version, one) for version, one in looked if one.points][:MOST_SUGGESTED]
