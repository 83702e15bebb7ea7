"""What the invented nation studies: courses of some organisers, each with a self-paced cohort, or with one for each month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.agencies.models import Agency
from courses.lesson_kinds import kinds
from courses.structure.models import Course, CourseVersion, Lesson, Module
from courses.taxonomy.models import CompetencyKind, LearningPath
from enrollments.cohorts.models import Cohort

COURSES = 400
ORGANISERS = 40
E_LEARNING, IN_CLASS = "NKL03", "KL09"
# Of ten courses so many are held in class.
IN_CLASS_OF_TEN = 3
_TOPICS = (
    "Pelayanan Publik", "Manajemen Waktu", "Kepemimpinan", "Keuangan Daerah", "Pengadaan Barang/Jasa", "Keamanan Informasi", "Analisis Data",
    "Komunikasi Publik", "Arsip Dinamis", "Perencanaan Pembangunan", "Manajemen Risiko", "Budaya Kerja", "Bahasa Isyarat", "Statistik Sektoral",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A cohort: its row, the organiser of its certificates, and when it runs; without days it is self-paced."""

    pk: int
    organiser_id: int
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Taught:
    course_id: int
    version_id: int
    path_id: int
    title: str
    jp: Decimal
    lessons: tuple[int, ...]
    # One, self-paced; or by month, the first day of the month → its cohort.
    alone: Run | None
    monthly: dict[date, Run]


def write_courses(organisers: list[Agency], first: date, until: date, dice: Random, at: datetime) -> list[Taught]:
    """As many as there are in `COURSES`, shared among the organisers; published before anybody enrols."""
    paths = {path.code: path for path in LearningPath.objects.filter(code__in=[E_LEARNING, IN_CLASS])}
    competencies = list(CompetencyKind.objects.order_by("code"))
    return [
        _course(number, organisers[number % len(organisers)], paths, competencies, first, until, dice, at)
        for number in range(COURSES)
    ]


def _course(
    number: int,
    organiser: Agency,
    paths: dict[str, LearningPath],
    competencies: list[CompetencyKind],
    first: date,
    until: date,
    dice: Random,
    at: datetime,
) -> Taught:
    in_class = number % 10 < IN_CLASS_OF_TEN
    path = paths[IN_CLASS if in_class else E_LEARNING]
    jp = Decimal(dice.choice([8, 16, 24] if in_class else [2, 3, 4, 6]))
    course = Course.objects.create(code=f"FILL-{number:03d}", organiser=organiser, is_demo=True)
    version = CourseVersion.objects.create(
        course=course,
        number=1,
        title=f"{_TOPICS[number % len(_TOPICS)]} {number // len(_TOPICS) + 1} (DEMO)",
        summary="Kursus rekaan untuk uji beban.",
        path=path,
        competency=competencies[number % len(competencies)],
        jp=jp,
    )
    module = Module.objects.create(version=version, position=0, title="Modul 1", jp=jp)
    lessons = []
    for position in range(dice.choice([3, 4, 4, 5])):
        lesson = Lesson.objects.create(
            version=version, module=module, position=position, kind="text", title=f"Materi {position + 1}", minutes=20
        )
        kinds["text"].create(lesson)
        lessons.append(lesson.pk)
    version.state, version.published_at = CourseVersion.State.PUBLISHED, at
    version.save()
    course.current = version
    course.save()
    runs = [] if in_class else [Cohort(is_self_paced=True, year=first.year)]
    months = _months(first, until) if in_class else []
    numbers: dict[int, int] = {}
    for month in months:
        numbers[month.year] = numbers.get(month.year, 0) + 1
        start = month + timedelta(days=dice.randint(4, 18))
        runs.append(
            Cohort(
                year=month.year,
                number=numbers[month.year],
                name=f"Angkatan {numbers[month.year]}",
                starts_on=start,
                ends_on=start + timedelta(days=int(jp) // 8 - 1),
                is_open_to_all=False,
            )
        )
    for run in runs:
        run.course, run.version, run.organiser = course, version, organiser
    Cohort.objects.bulk_create(runs)
    made = [Run(run.pk, organiser.pk, run.starts_on, run.ends_on) for run in runs]
    return Taught(
        course.pk,
        version.pk,
        path.pk,
        version.title,
        jp,
        tuple(lessons),
        None if in_class else made[0],
        dict(zip(months, made, strict=True)) if in_class else {},
    )


def _months(first: date, until: date) -> list[date]:
    months = []
    month = first.replace(day=1)
    while month <= until:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months
