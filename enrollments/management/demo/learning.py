"""What the people of the demo city did in their lessons: made by the lesson kinds themselves, so every state is a real one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from django.db.models import F

from asn_lms.lib.days import local_day
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion, Lesson
from enrollments.attempts.models import Attempt, AttemptItem
from enrollments.certificates.actions import reserve_certificates
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress

REFLECTIONS = (
    "Pekan ini saya mencoba menuliskan tiga tugas terpenting sebelum pukul delapan. Dua selesai sebelum istirahat siang, satu tertunda karena ada "
    "rapat mendadak. Besok saya akan menyepakati jam tanpa rapat dengan kepala seksi supaya tugas yang paling berat tidak terpotong lagi.",
    "Di loket kami, warga sering kembali karena syaratnya kurang satu. Saya mulai membacakan ulang keperluan warga sebelum memeriksa berkas, lalu "
    "menandai syarat yang belum ada di kertas kecil. Dalam tiga hari hanya satu orang yang harus kembali, biasanya lima atau enam.",
    "Yang paling sulit ternyata bukan alatnya, melainkan kebiasaan saling menunggu. Saya mengajak dua rekan menulis keputusan rapat dalam satu halaman "
    "dan membagikannya hari itu juga. Atasan kami setuju mencobanya sebulan, lalu kita lihat apakah jumlah rapat ulang berkurang.",
)

if TYPE_CHECKING:
    from enrollments.management.demo.history import Plan


@dataclass
class Studies:
    """Lessons with their contents, read once per version."""

    dice: Random
    _lessons: dict[int, list[tuple[Lesson, Any]]] = field(default_factory=dict)

    def lessons(self, version: CourseVersion) -> list[tuple[Lesson, Any]]:
        if version.pk not in self._lessons:
            rows = list(Lesson.objects.filter(version=version).order_by("position"))
            self._lessons[version.pk] = [(lesson, kinds[lesson.kind].load(lesson)) for lesson in rows]
        return self._lessons[version.pk]


@dataclass
class Written:
    attempts: list[Attempt] = field(default_factory=list)
    items: list[AttemptItem] = field(default_factory=list)
    progress: list[LessonProgress] = field(default_factory=list)


def write_learning(studies: Studies, places: list[tuple["Plan", Enrollment]]) -> None:
    """Attempts, answers and progress of every place, then the certificates, in the order of completion."""
    written = Written()
    for plan, place in places:
        if plan.done:
            _study(studies, plan, place, written)
    Attempt.objects.bulk_create(written.attempts, batch_size=1000)
    AttemptItem.objects.bulk_create(written.items, batch_size=1000)
    LessonProgress.objects.bulk_create(written.progress, batch_size=1000)
    LessonProgress.objects.filter(
        enrollment__in=[place.pk for _plan, place in places], finished_at__isnull=False
    ).update(opened_at=F("finished_at") - timedelta(minutes=10))
    changed = [place for plan, place in places if plan.done]
    Enrollment.objects.bulk_update(changed, ["lessons_finished", "current_lesson_uid", "score"], batch_size=500)
    reserve_certificates(
        [(place, local_day("Asia/Jakarta", place.completed_at)) for _plan, place in places if place.completed_at]
    )


def _study(studies: Studies, plan: "Plan", place: Enrollment, written: Written) -> None:
    lessons = studies.lessons(place.version)
    count = max(1, round(len(lessons) * plan.done))
    ends = plan.completed_at or plan.last_activity_at or plan.enrolled_at
    begins = place.started_at or plan.enrolled_at
    step = max((ends - begins) / count, timedelta(minutes=1))
    scores = []
    for position, (lesson, content) in enumerate(lessons[:count], 1):
        at = ends if position == count else min(begins + step * position, ends)
        score = _finish(studies.dice, place, lesson, content, at, written)
        if score is not None and kinds[lesson.kind].is_graded(content):
            scores.append(score)
    following = lessons[min(count, len(lessons) - 1)][0]
    place.lessons_finished = count
    place.current_lesson_uid = following.uid
    if place.completed_at and scores:
        place.score = (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"))


def _finish(
    dice: Random, place: Enrollment, lesson: Lesson, content: Any, at: datetime, written: Written
) -> Decimal | None:
    """Walk through one lesson as a diligent learner does; again, when a graded quiz was not passed at once."""
    kind = kinds[lesson.kind]
    best: Decimal | None = None
    for number in range(1, (kind.attempts_allowed(content) or 1) + 1):
        is_last_try = number == (kind.attempts_allowed(content) or 1)
        skill = 1.0 if is_last_try else dice.choice([0.7, 0.8, 0.85, 0.9, 1.0])
        state = kind.open(content, rng=dice, now=at)
        text = "\n\n".join(dice.sample(REFLECTIONS, len(REFLECTIONS)))
        items: dict[str, Any] = {}
        outcome = None
        for data in kind.walk_through(content, state, rng=dice, skill=skill, text=text):
            outcome = kind.receive(content, state, data, at)
            state, items = outcome.state, {**items, **outcome.items}
        if outcome is None:
            return None
        attempt = Attempt(
            enrollment=place, lesson=lesson, number=number, state=kind.state_to_json(state), seq=len(items) or 1, score=outcome.score,
            is_finished=outcome.finished, started_at=at - timedelta(minutes=lesson.minutes), saved_at=at, closed_at=at if outcome.is_over else None,
        )  # fmt: skip
        written.attempts.append(attempt)
        written.items += [AttemptItem(attempt=attempt, key=key, answer=answer, seq=1) for key, answer in items.items()]
        if outcome.score is not None:
            best = max(best or Decimal(0), outcome.score)
        if best is None or not kind.is_graded(content) or best >= place.version.pass_mark:
            break
    written.progress.append(LessonProgress(enrollment=place, lesson=lesson, finished_at=at, best_score=best))
    return best
