"""Once a week sheets become bundles: sums that no way leads back from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from random import SystemRandom

from django.db import connection, transaction

from accounts.agencies.models import Agency
from asn_lms.lib.days import local_day
from enrollments.cohorts.models import Cohort
from enrollments.surveys.actions.answering import monday
from enrollments.surveys.bundling import gather
from enrollments.surveys.models import BEFORE_DOWNLOAD, LEAST, Answer, Bundle, Invitation, Question, Sheet

# Key of the advisory lock: two clocks put together one after the other.
PUTTING_TOGETHER = 0x5025E7
# A dated cohort hands on what is left of it so long after its last day.
LINGERS = timedelta(days=28)
Pool = tuple[int, int, int | None]  # version, course, trainer


def put_together(now: datetime) -> int:
    """Put together what waits from weeks that are over; returns the number of bundles. Run again, it finds nothing to do.

    What a cohort that is through leaves over, fewer than six sheets, is put together with that of other cohorts of its course.
    """
    today = local_day(Agency.Zone.WIB, now)
    waiting = Sheet.objects.filter(week__lt=monday(today)).values_list("version", "cohort__course", "trainer")
    return sum(_put_pool_together(pool, today) for pool in list(waiting.order_by().distinct()))


@transaction.atomic
def _put_pool_together(pool: Pool, today: date) -> int:
    """The sheets of one questionnaire about one course, or about one of its trainers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUTTING_TOGETHER])
    version, course, trainer = pool
    week = monday(today)
    rows = Sheet.objects.filter(version=version, cohort__course=course, trainer=trainer, week__lt=week)
    by_cohort: dict[int, list[Sheet]] = defaultdict(list)
    for sheet in rows.select_related("unit", "cohort", "version__questionnaire"):
        by_cohort[sheet.cohort_id].append(sheet)
    made, left = 0, list[Sheet]()
    for sheets in by_cohort.values():
        bundles, rest = gather(_by_path(sheets))
        made += _bundle(bundles, week, cohort=sheets[0].cohort)
        if rest and _is_through(sheets[0], today):
            left += [one for some in rest.values() for one in some]
    bundles, _rest = gather(_by_path(left))
    return made + _bundle(bundles, week, cohort=None)


def _by_path(sheets: Iterable[Sheet]) -> dict[str, list[Sheet]]:
    found: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        found[sheet.unit.path].append(sheet)
    return found


def _is_through(sheet: Sheet, today: date) -> bool:
    """Whether no more answers of this kind are to be waited for from its cohort."""
    cohort, kind = sheet.cohort, sheet.version.questionnaire.kind
    if kind in BEFORE_DOWNLOAD:
        return cohort.ends_on is not None and cohort.ends_on + LINGERS < today
    still = Invitation.objects.filter(enrollment__cohort=cohort, kind=kind).open_on(today)
    return not still.exists()


def _bundle(bundles: Sequence[tuple[str, list[Sheet]]], week: date, *, cohort: Cohort | None) -> int:
    units = {unit.path: unit for unit in Agency.objects.filter(path__in=[path for path, _sheets in bundles])}
    for path, sheets in bundles:
        first = sheets[0]
        bundle = Bundle.objects.create(
            version_id=first.version_id,
            course_id=first.cohort.course_id,
            cohort=cohort,
            unit=units[path],
            trainer_id=first.trainer_id,
            size=len(sheets),
            week=week,
        )
        Answer.objects.bulk_create(_summed(bundle, sheets), batch_size=1000)
        Sheet.objects.filter(pk__in=[sheet.pk for sheet in sheets]).delete()
    return len(bundles)


def _summed(bundle: Bundle, sheets: Sequence[Sheet]) -> list[Answer]:
    """Counts by question and step, and the words; nothing says which of them came from one sheet."""
    counts: dict[int, Counter[int | str]] = defaultdict(Counter)
    words: dict[int, list[str]] = defaultdict(list)
    known = set(Question.objects.filter(version=bundle.version_id).values_list("pk", flat=True))
    for sheet in sheets:
        for key, value in sheet.answers.items():
            question = int(key)
            if question not in known:
                continue
            if isinstance(value, int):
                counts[question][value] += 1
            else:
                words[question].append(value)
    rows = [
        Answer(bundle=bundle, question_id=question, step=step, count=count, is_shown=by_step.total() >= LEAST)
        for question, by_step in counts.items()
        for step, count in by_step.items()
    ]
    rows += [
        Answer(bundle=bundle, question_id=question, text=text, is_shown=True)
        for question, texts in words.items()
        for text in texts
    ]
    SystemRandom().shuffle(rows)
    return rows
