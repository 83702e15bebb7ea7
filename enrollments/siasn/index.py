"""What finishing a course would add to the competence dimension of IP-ASN: an estimate, never the official value.

Rules: PermenPANRB 38/2018 and Peraturan BKN 8/2019 as kept in the rows of `IndexPoint`. Each column is scored as had or not had, not
in proportion; a training counts for the months that its row says. Pure: days and rows come in, a reason goes out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from enrollments.siasn.models import IndexPoint


class Why(Enum):
    GAINS = "gains"
    HAS_IT = "has_it"
    EXEMPT = "exempt"
    TOO_SHORT = "too_short"
    NOT_COUNTED = "not_counted"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Training:
    """A training as IP-ASN sees it: BKN's jenisDiklatId, JP, and the day on which it was completed."""

    type_code: str
    jp: Decimal
    on: date


@dataclass(frozen=True)
class Standing:
    """A person as IP-ASN sees them: post, the group it belongs to, and the trainings they hold certificates of."""

    posts: str
    post: str
    trainings: tuple[Training, ...]


@dataclass(frozen=True)
class Estimate:
    """`points` more in the competence dimension (0 when nothing is gained), and why; `rule` is the row that says so."""

    points: Decimal
    why: Why
    rule: IndexPoint | None = None
    # JP still missing to the row's least, when the course is too short.
    missing_jp: Decimal = Decimal(0)


def estimate(standing: Standing, course: Training, rules: Iterable[IndexPoint]) -> Estimate:
    """What the course would add, were it completed on `course.on`. `rules`: the rows that hold on that day."""
    if not course.type_code:
        return Estimate(Decimal(0), Why.NOT_KNOWN)
    rule = next((one for one in rules if one.posts == standing.posts and course.type_code in one.types), None)
    if rule is None:
        return Estimate(Decimal(0), Why.NOT_COUNTED)
    if is_exempt(standing, rule):
        return Estimate(Decimal(0), Why.EXEMPT, rule)
    if has_it(standing, rule, course.on):
        return Estimate(Decimal(0), Why.HAS_IT, rule)
    together = _hours((*standing.trainings, course), rule, course.on)
    if together < rule.min_jp:
        return Estimate(Decimal(0), Why.TOO_SHORT, rule, rule.min_jp - together)
    return Estimate(rule.points, Why.GAINS, rule)


def is_exempt(standing: Standing, rule: IndexPoint) -> bool:
    """Some posts have no such training and are held to have it."""
    post = standing.post.strip().casefold()
    return any(post.startswith(name.casefold()) for name in rule.exempt_posts)


def has_it(standing: Standing, rule: IndexPoint, today: date) -> bool:
    """Whether the column is scored already, by trainings that still count today."""
    counting = [one for one in standing.trainings if _counts(one, rule, today)]
    return bool(counting) and _hours(counting, rule, today) >= rule.min_jp


def _hours(trainings: Iterable[Training], rule: IndexPoint, today: date) -> Decimal:
    """The JP that are held against the row's least: of the longest training, or of all together where the row adds them up."""
    hours = [one.jp for one in trainings if _counts(one, rule, today)]
    return sum(hours, Decimal(0)) if rule.adds_up else max(hours, default=Decimal(0))


def _counts(training: Training, rule: IndexPoint, today: date) -> bool:
    if training.type_code not in rule.types or training.on > today:
        return False
    return rule.months is None or training.on > months_before(today, rule.months)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def category(total: Decimal) -> str:
    """The category of an official value, by BKN's bands (open below, as grades are): 91–100 is very high, 60 and less very low."""
    bands = ((90, "Sangat tinggi"), (80, "Tinggi"), (70, "Sedang"), (60, "Rendah"))
    return next((word for above, word in bands if total > above), "Sangat rendah")
