"""A year of learning in the demo city: cohorts, places, progress, credits, certificates, and the mail that went with them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.words import roman
from courses.structure.models import Course, CourseVersion
from enrollments.cohorts.models import Cohort
from enrollments.credits.actions import credit_completions
from enrollments.enrolling.models import Enrollment
from enrollments.management.demo.courses import Taught
from enrollments.management.demo.learning import Studies, write_learning
from enrollments.management.demo.mail import write_mail
from enrollments.management.demo.people import Crowd
from enrollments.management.demo.tree import City
from enrollments.progress.queries import studied_days_of
from enrollments.tallies.actions import Counted, count_many
from enrollments.tallies.models import Measure

WIB = ZoneInfo("Asia/Jakarta")
Status = Enrollment.Status


# One cohort is run by another office, whose head signs its certificates in person.
SIGNED_BY_HAND = (("TKN-BPP", -66), "DISKOMINFO")


@dataclass
class Plan:
    """A place as it went: who, where, when, and how far."""

    learner: User
    cohort: Cohort
    enrolled_at: datetime
    due_on: date | None
    # Share of the lessons that are finished, 0–1; 1 and a day: completed.
    done: float = 0.0
    completed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    last_activity_at: datetime | None = None


@dataclass
class Calendar:
    """Working hours of a year, counted back from today."""

    now: datetime
    dice: Random
    today: date = field(init=False)

    def __post_init__(self) -> None:
        self.today = local_day("Asia/Jakarta", self.now)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def moment(self, day: date) -> datetime:
        """Some minute of that day's working hours, and never in the future."""
        at = datetime(day.year, day.month, day.day, self.dice.randint(8, 15), self.dice.randint(0, 59), tzinfo=WIB)
        return min(at, self.now - timedelta(minutes=self.dice.randint(1, 60)))


def write_history(city: City, crowd: Crowd, courses: list[Taught], dice: Random, now: datetime) -> int:
    """Write everything; returns the number of places."""
    calendar = Calendar(now, dice)
    plans: list[Plan] = []
    for taught in courses:
        plans += list(
            _classroom(taught, city, crowd, calendar) if taught.training else _online(taught, city, crowd, calendar)
        )
    plans = [plan for plan in plans if plan.learner.pk != crowd.accounts["learner"].pk]
    plans += _story_of_the_learner(crowd.accounts["learner"], courses, calendar)
    plans.sort(key=lambda plan: plan.completed_at or plan.enrolled_at)
    places = _write_places(plans)
    studies = Studies(dice)
    write_learning(studies, list(zip(plans, places, strict=True)))
    _write_counts(places)
    write_mail(places, crowd, calendar.now)
    _trainers(courses, crowd)
    return len(places)


def _eager(crowd: Crowd, city: City, count: int, dice: Random) -> list[User]:
    """People drawn without repetition, those of eager offices more often."""
    weighted = [
        (dice.random() ** (1 / (0.15 + city.plans[code].zeal ** 2)), position, person)
        for code, people in crowd.by_office.items()
        for position, person in enumerate(people)
        if person.post_kind not in {User.PostKind.JPT}
    ]
    return [person for _key, _position, person in sorted(weighted, key=lambda one: -one[0])[:count]]


def _cohort(
    version: CourseVersion,
    number: int,
    start: date,
    end: date,
    *,
    seats: int,
    city: City,
    office: str = "BKPSDM",
    **fields: object,
) -> Cohort:
    return Cohort(
        course=version.course,
        version=version,
        organiser=city.offices[office],
        year=start.year,
        number=number,
        name=f"Angkatan {roman(number)}",
        starts_on=start,
        ends_on=end,
        seats=seats,
        **fields,
    )


def _classroom(taught: Taught, city: City, crowd: Crowd, calendar: Calendar) -> Iterator[Plan]:
    training, version, dice = taught.training, taught.version, calendar.dice
    assert training is not None
    numbers: Counter[int] = Counter()
    for offset in (-318, -232, -148, -66):
        start = calendar.day(offset + dice.randint(-9, 9))
        numbers[start.year] += 1
        end = start + timedelta(days=training.days - 1)
        cohort = _cohort(
            version, numbers[start.year], start, end, seats=80, city=city, place="Aula BKPSDM Kota Medan", state=Cohort.State.CLOSED,
            is_open_to_all=False, office=SIGNED_BY_HAND[1] if (training.code, offset) == SIGNED_BY_HAND[0] else "BKPSDM",
        )  # fmt: skip
        cohort.save()
        for learner in _eager(crowd, city, dice.randint(66, 80), dice):
            plan = Plan(learner, cohort, calendar.moment(start - timedelta(days=dice.randint(4, 20))), end)
            if dice.random() < 0.05:
                plan.withdrawn_at = calendar.moment(start - timedelta(days=1))
            else:
                plan.done, plan.completed_at = 1.0, calendar.moment(end)
                plan.last_activity_at = plan.completed_at
            yield plan


def _online(taught: Taught, city: City, crowd: Crowd, calendar: Calendar) -> Iterator[Plan]:
    version, dice = taught.version, calendar.dice
    numbers: Counter[int] = Counter()
    # Three cohorts that are over, one that runs and ends soon, one that opens for enrolment.
    for begins, lasts, people in (
        (-270, 28, 70),
        (-185, 28, 74),
        (-98, 28, 78),
        (-17 - dice.randint(0, 5), 0, 90),
        (12, 28, 34),
    ):
        start = calendar.day(begins)
        end = start + timedelta(days=lasts) if lasts else calendar.day(3 + dice.randint(0, 7))
        numbers[start.year] += 1
        is_over = end < calendar.today
        cohort = _cohort(
            version, numbers[start.year], start, end, seats=100, city=city, place="Daring", enroll_until=end - timedelta(days=2),
            state=Cohort.State.CLOSED if is_over else Cohort.State.OPEN,
        )  # fmt: skip
        cohort.save()
        for learner in _eager(crowd, city, people, dice):
            enrolled = min(start - timedelta(days=dice.randint(1, 14)), calendar.day(-dice.randint(0, 4)))
            yield _went(
                Plan(learner, cohort, calendar.moment(enrolled), end),
                start,
                min(end, calendar.today),
                calendar,
                0.84 if is_over else 0.3,
            )
    alone = Cohort.objects.create(
        course=version.course,
        version=version,
        organiser=city.offices["BKPSDM"],
        is_self_paced=True,
        year=calendar.today.year,
    )
    for learner in _eager(crowd, city, 190, dice):
        enrolled = calendar.day(-dice.randint(1, 290))
        due = enrolled + timedelta(days=version.self_paced_days or 30)
        until = min(due, calendar.today)
        yield _went(
            Plan(learner, alone, calendar.moment(enrolled), due),
            enrolled,
            until,
            calendar,
            0.72 if due < calendar.today else 0.35,
        )


def _went(plan: Plan, start: date, until: date, calendar: Calendar, completes: float) -> Plan:
    """How a place went between two days: completed, given up, under way, or not begun."""
    dice = calendar.dice
    length = max((until - start).days, 0)
    if start > calendar.today:
        return plan
    luck = dice.random()
    somewhere = calendar.moment(start + timedelta(days=dice.randint(0, length)))
    somewhere = max(somewhere, plan.enrolled_at + timedelta(hours=1))
    if luck < completes:
        plan.done, plan.completed_at, plan.last_activity_at = 1.0, somewhere, somewhere
    elif luck > 0.96:
        plan.withdrawn_at = somewhere
    elif luck < 0.9:
        plan.done, plan.last_activity_at = dice.choice([0.1, 0.25, 0.4, 0.6, 0.75, 0.9]), somewhere
    return plan


def _story_of_the_learner(rina: User, courses: list[Taught], calendar: Calendar) -> list[Plan]:
    """The account `learner`: 12 JP so far, of a course that was done in one day not all; one course due in a few days, one not begun."""
    by_code = {taught.version.course.code: taught.version for taught in courses}

    def cohort(code: str, *, alone: bool = False, is_open: bool = True) -> Cohort:
        rows = Cohort.objects.filter(version=by_code[code], is_self_paced=alone).order_by("starts_on")
        runs = rows.filter(state=Cohort.State.OPEN, starts_on__lte=calendar.today) if is_open and not alone else rows
        found = runs.last()
        assert found is not None
        return found

    time_, lead, systems, together = "MNJ-WKT", "MNJ-KPL", "TKN-SIM", "SOS-KOL"
    one_day = calendar.day(-74)
    began, done_alone = (datetime(one_day.year, one_day.month, one_day.day, hour, 10, tzinfo=WIB) for hour in (8, 15))
    in_class = cohort(together, is_open=False)
    assert in_class.ends_on is not None
    running = cohort(lead)
    return [
        Plan(rina, cohort(time_, alone=True), began, calendar.day(-44), 1.0, done_alone, None, done_alone),
        Plan(rina, in_class, calendar.moment(in_class.ends_on - timedelta(days=9)), in_class.ends_on, 1.0, calendar.moment(in_class.ends_on), None,
             calendar.moment(in_class.ends_on)),
        Plan(rina, running, calendar.moment(calendar.day(-16)), running.ends_on, 0.35, None, None, calendar.moment(calendar.day(-1))),
        Plan(rina, cohort(systems, alone=True), calendar.moment(calendar.day(-2)), calendar.day(28)),
    ]  # fmt: skip


def _write_places(plans: list[Plan]) -> list[Enrollment]:
    places = []
    for plan in plans:
        learner = plan.learner
        status = Status.COMPLETED if plan.completed_at else Status.WITHDRAWN if plan.withdrawn_at else Status.ACTIVE
        places.append(
            Enrollment(
                learner=learner,
                cohort=plan.cohort,
                version=plan.cohort.version,
                agency=learner.agency,
                completion_agency=learner.agency if plan.completed_at else None,
                status=status,
                due_on=plan.due_on,
                enrolled_at=plan.enrolled_at,
                started_at=plan.enrolled_at + timedelta(minutes=40) if plan.done else None,
                last_activity_at=plan.last_activity_at,
                completed_at=plan.completed_at,
                withdrawn_at=plan.withdrawn_at,
                withdrawal_reason="Tugas mendadak di unit kerja" if plan.withdrawn_at else "",
            )
        )
    Enrollment.objects.bulk_create(places, batch_size=1000)
    taken = Counter(place.cohort_id for place in places if place.status != Status.WITHDRAWN)
    for cohort in Cohort.objects.filter(pk__in=taken):
        cohort.seats_taken = taken[cohort.pk]
        cohort.save(update_fields=["seats_taken"])
    return places


def _write_counts(places: list[Enrollment]) -> None:
    """Credits and tallies, as completing writes them, in bulk; in the order of completion, for the sake of the caps."""
    counted = []
    completions = []
    studied = studied_days_of(places, "Asia/Jakarta")
    for place in places:
        agency, course = place.agency_id, place.version.course_id
        counted.append(Counted(Measure.ENROLLED, agency, course, _day(place.enrolled_at)))
        if place.withdrawn_at:
            counted.append(Counted(Measure.WITHDRAWN, agency, course, _day(place.withdrawn_at)))
        if place.completed_at:
            day = _day(place.completed_at)
            counted += [Counted(measure, agency, course, day) for measure in (Measure.COMPLETED, Measure.ENDED)]
            completions.append((place, day, studied[place.pk]))
    credit_completions(completions)
    count_many(counted)


def _day(at: datetime) -> date:
    return at.astimezone(WIB).date()


def _trainers(courses: list[Taught], crowd: Crowd) -> None:
    for cohort in Cohort.objects.filter(
        course__in=Course.objects.filter(pk__in=[one.version.course_id for one in courses])
    ):
        cohort.trainers.add(crowd.accounts["trainer"])
