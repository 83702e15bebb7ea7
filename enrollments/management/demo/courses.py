"""What the demo city learns: three complete courses from their packages, and the classroom trainings of the past year."""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from accounts.agencies.models import Agency
from accounts.people.models import User
from courses.lesson_kinds import kinds
from courses.packages import demo
from courses.packages.actions import import_package
from courses.structure.models import Course, CourseVersion, Lesson, Module, ReviewComment
from courses.taxonomy.models import CompetencyKind, LearningPath, TrainingType
from enrollments.management.demo.tree import City

PACKAGES = Path(demo.__file__).parent


@dataclass(frozen=True)
class Training:
    """A classroom training of the past year; its course is retired, its cohorts are over."""

    code: str
    title: str
    summary: str
    jp: int
    competency: str
    path: str
    kind: str
    days: int
    topics: tuple[str, ...]


TRAININGS = (
    Training("TKN-BPP", "Bimtek Pelayanan Publik Prima", "Menangani antrean, keluhan, dan warga berkebutuhan khusus dengan tenang.", 24,
             "teknis", "KL10", "8", 3, ("Standar pelayanan dan maklumat", "Mengelola antrean pada jam sibuk", "Menjawab keluhan sampai tuntas")),
    Training("TKN-PKD", "Bimtek Pengelolaan Keuangan Daerah", "Menyusun pertanggungjawaban yang lolos periksa pada kali pertama.", 40,
             "teknis", "KL10", "8", 5, ("Siklus anggaran dan peran PPTK", "Bukti belanja yang lengkap", "Temuan yang sering berulang dan cara mencegahnya")),
    Training("MNJ-KOM", "Pelatihan Komunikasi Efektif", "Rapat lebih singkat, disposisi lebih jelas.", 24,
             "manajerial", "KL02", "5", 3, ("Mendengar sebelum menjawab", "Memimpin rapat tiga puluh menit", "Menulis nota dinas satu halaman")),
    Training("SOS-KOL", "Pelatihan Kolaborasi Lintas OPD", "Satu warga, satu berkas, walau melewati tiga dinas.", 9,
             "sosial-kultural", "KL05", "6", 1, ("Peta pihak yang terlibat", "Kesepakatan layanan antar-OPD", "Menyelesaikan beda pendapat")),
)  # fmt: skip


@dataclass(frozen=True)
class Taught:
    """A course of the demo. `training` is None for those that are learned online and go on."""

    version: CourseVersion
    training: Training | None = None


def write_courses(city: City, officer: User, reviewer: User, now: datetime) -> list[Taught]:
    """Write all courses as if they had been reviewed and published a year ago."""
    organiser = city.offices["BKPSDM"]
    published_at = now - timedelta(days=370)
    taught = [
        Taught(_into_the_past(import_package(folder, by=None, organiser=organiser), officer, reviewer, published_at))
        for folder in sorted(PACKAGES.iterdir())
        if (folder / "course.json").is_file()
    ]
    for training in TRAININGS:
        version = _training(training, organiser)
        version = _into_the_past(version, officer, reviewer, published_at)
        version.state, version.retired_at = CourseVersion.State.RETIRED, now - timedelta(days=20)
        version.save(update_fields=["state", "retired_at"])
        Course.objects.filter(pk=version.course_id).update(current=None)
        taught.append(Taught(version, training))
    Course.objects.filter(pk__in=[one.version.course_id for one in taught]).update(is_demo=True)
    return taught


def _into_the_past(version: CourseVersion, officer: User, reviewer: User, at: datetime) -> CourseVersion:
    """Publish a draft as of that time, with the review that came before it."""
    version.authors.add(officer)
    said = [
        ReviewComment(version=version, author=officer, verdict=ReviewComment.Verdict.SUBMITTED, text="Mohon ditelaah."),
        ReviewComment(
            version=version,
            author=reviewer,
            verdict=ReviewComment.Verdict.APPROVED,
            text="Materi runtut dan dekat dengan tugas. Setuju.",
        ),
    ]
    ReviewComment.objects.bulk_create(said)
    for row, day in zip(said, (at - timedelta(days=6), at - timedelta(days=2)), strict=True):
        ReviewComment.objects.filter(pk=row.pk).update(created_at=day)
    version.reviewer = reviewer
    version.submitted_at, version.approved_at, version.published_at = at - timedelta(days=6), at - timedelta(days=2), at
    version.state = CourseVersion.State.PUBLISHED
    version.save()
    Course.objects.filter(pk=version.course_id).update(current=version, created_by=officer)
    return version


def _training(training: Training, organiser: Agency) -> CourseVersion:
    course = Course.objects.create(code=training.code, organiser=organiser)
    version = CourseVersion.objects.create(
        course=course,
        number=1,
        title=training.title,
        summary=training.summary,
        description=f"Tatap muka {training.days} hari di aula BKPSDM. Ringkasan bahan tersedia bagi peserta.",
        motif=CourseVersion.Motif.WEAVE if training.path == "KL05" else CourseVersion.Motif.SOUND,
        competency=CompetencyKind.objects.get(code=training.competency),
        path=LearningPath.objects.get(code=training.path),
        training_type=TrainingType.objects.get(code=training.kind),
        target_group="Seluruh ASN Kota Medan",
        jp=Decimal(training.jp),
        self_paced_days=None,
        asks_before_download=True,
        survey_after_months=6,
    )
    shares = [Decimal(training.jp) / len(training.topics)] * len(training.topics)
    shares = [share.quantize(Decimal("0.01")) for share in shares]
    shares[-1] = Decimal(training.jp) - sum(shares[:-1])
    for position, (topic, jp) in enumerate(zip(training.topics, shares, strict=True)):
        module = Module.objects.create(version=version, position=position, title=topic, jp=jp)
        lesson = Lesson.objects.create(
            version=version, module=module, position=position, kind="text", title=topic, minutes=int(jp * 45)
        )
        with tempfile.TemporaryDirectory() as folder:
            body = Path(folder) / "body.md"
            body.write_text(
                f"Ringkasan tatap muka **{training.title}**: {topic.lower()}.\n\n"
                "Bahan lengkap dibagikan di kelas. Catat satu hal yang langsung Anda terapkan di unit Anda pekan ini, lalu ceritakan kepada atasan.\n",
                encoding="utf-8",
            )
            kinds["text"].unpack(lesson, {"body": "body.md"}, {"body.md": body}, by=None)
    return version
