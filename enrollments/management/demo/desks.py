"""What lies on the desks of the demo city today: a version under review, a course begun, and the trainer's remarks on open answers, corrections asked for."""

from datetime import datetime, timedelta
from random import Random

from django.db.models import OuterRef, Subquery

from accounts.notices.models import Notice
from accounts.people.models import User
from courses.authoring.actions import create_course, edit_details, next_draft
from courses.authoring.outline import add_lesson, add_module, edit_lesson
from courses.lesson_kinds import kinds
from courses.publishing.actions import comment, submit
from courses.structure.models import Course
from courses.taxonomy.models import CertificateKind
from enrollments.attempts.models import Attempt, AttemptItem
from enrollments.certificates.actions import ask_for_correction
from enrollments.certificates.models import Certificate
from enrollments.designs.actions import draft_design, edit_design, publish_design
from enrollments.designs.models import DesignVersion
from enrollments.management.demo.faces import give_faces
from enrollments.management.demo.history import SIGNED_BY_HAND
from enrollments.management.demo.people import Crowd
from enrollments.management.demo.tree import City
from enrollments.reports.listing import Listing
from enrollments.reports.rules import top_agency
from enrollments.reports.saved import save_view
from enrollments.reports.staff import Column, Order, Show
from enrollments.signing.signers import LocalPerson

REMARKS = (
    "Contohnya nyata dan bisa ditiru unit lain. Coba catat satu angka sebelum dan sesudahnya, supaya atasan mudah ikut menilai.",
    "Langkahnya kecil tetapi tepat. Siapa yang menjaga kebiasaan ini ketika Anda cuti?",
    "Terima kasih, penghalangnya terlihat jelas. Ajak satu rekan ikut mengamati; dua catatan lebih kuat daripada satu.",
)
# After so many days the trainer has read every answer; before, the older the likelier.
READ_WITHIN = timedelta(days=10)


def write_desks(city: City, crowd: Crowd, dice: Random, now: datetime) -> None:
    """By the product's own actions, but for the remarks, which are too many."""
    _remarks(crowd, dice, now)
    _under_review(crowd)
    _begun(city, crowd)
    _corrections(crowd)
    _signed_by_hand(city, crowd, dice)
    _saved_views(crowd)


def _saved_views(crowd: Crowd) -> None:
    """What the head and the officer look at again and again; nothing opens first, so that whoever looks around sees everybody."""
    for account in ("head", "officer"):
        person = crowd.accounts[account]
        unit = top_agency(person).pk
        save_view(person, "Belum mencapai target (DEMO)", Listing(unit, show=Show.BELOW))
        save_view(
            person,
            "Terlambat, terbanyak dulu (DEMO)",
            Listing(unit, show=Show.OVERDUE, order=Order(Column.OVERDUE, True)),
        )


def _signed_by_hand(city: City, crowd: Crowd, dice: Random) -> None:
    """The design of the office whose head signs in person: a batch waits for him, with a passphrase that he chooses. It prints the
    photographs that the learners gave.
    """
    office = city.offices[SIGNED_BY_HAND[1]]
    give_faces(User.objects.filter(enrollments__certificates__series__organiser=office).distinct().order_by("pk"), dice)
    give_faces([crowd.accounts["learner"]], dice)
    draft = draft_design(office, CertificateKind.CERTIFICATE, by=crowd.accounts["admin"])
    values = {
        "signer": LocalPerson.name,
        "signatory": crowd.accounts["head"],
        "shows_scores": True,
        "photo": DesignVersion.Photo.PORTRAIT,
    }
    publish_design(edit_design(draft, values, by=crowd.accounts["admin"]), by=crowd.accounts["admin"])


def _corrections(crowd: Crowd) -> None:
    """Two names that their owners want printed otherwise, of those who finished in the last days."""
    waiting = Certificate.objects.filter(state=Certificate.State.NUMBERED).select_related("enrollment__learner")
    wishes = [
        ("titles", "{name}, S.A.P., M.Si. (ijazah S-2 terbit bulan lalu)"),
        ("post", "Jabatan saya sekarang Analis Kebijakan Ahli Muda"),
    ]
    for certificate, (part, wish) in zip(waiting.order_by("-id"), wishes, strict=False):
        learner = certificate.enrollment.learner
        ask_for_correction(certificate, part=part, wish=wish.format(name=learner.name), by=learner)


def _remarks(crowd: Crowd, dice: Random, now: datetime) -> None:
    of_attempt = Attempt.objects.filter(pk=OuterRef("attempt_id"))
    AttemptItem.objects.update(saved_at=Subquery(of_attempt.values("saved_at")))
    names = [kind.name for kind in kinds if kind.needs_marking]
    read = []
    for answer in AttemptItem.objects.filter(attempt__lesson__kind__in=names).order_by("pk"):
        age = now - answer.saved_at
        if dice.random() < age / READ_WITHIN:
            answer.comment, answer.commented_by = dice.choice(REMARKS), crowd.accounts["trainer"]
            answer.commented_at = answer.saved_at + min(age, timedelta(days=dice.randint(1, 4))) * 0.9
            read.append(answer)
    AttemptItem.objects.bulk_update(read, ["comment", "commented_by", "commented_at"], batch_size=1000)


def _under_review(crowd: Crowd) -> None:
    """The second version of a course, with the reviewer's first remark: hers to decide."""
    officer, reviewer = crowd.accounts["officer"], crowd.accounts["reviewer"]
    draft = next_draft(Course.objects.get(code="MNJ-WKT"), by=officer)
    edit_details(
        draft,
        {"target_group": "Seluruh ASN, terutama yang melayani warga sambil menyiapkan laporan dan rapat"},
        by=officer,
    )
    first = draft.lessons.order_by("position")[0]
    edit_lesson(first, title=first.title, minutes=first.minutes + 2, is_required=first.is_required, by=officer)
    submit(draft, reviewer, by=officer, message="Sasaran diperjelas, dan waktu baca pertama dihitung ulang.")
    comment(draft, "Sebutkan juga jam layanan loket pada contoh pertama.", by=reviewer, lesson_uid=first.uid)
    # Nobody is written to about the demo's own beginnings.
    Notice.objects.filter(person=reviewer, mail_state=Notice.Mail.DUE).update(mail_state=Notice.Mail.NONE)


def _begun(city: City, crowd: Crowd) -> None:
    """A course whose outline stands and whose lessons are still empty."""
    officer = crowd.accounts["officer"]
    version = create_course("Pelayanan Ramah Disabilitas", city.offices["BKPSDM"], by=officer)
    for title, lessons in (
        ("Mengenal kebutuhan warga", (("text", "Empat ragam disabilitas"), ("quiz", "Latihan: bantuan yang tepat"))),
        ("Menata loket dan layanan", (("text", "Jalur, tanda, dan suara"), ("reflection", "Uji loket saya sendiri"))),
    ):
        module = add_module(version, title, by=officer)
        for kind, name in lessons:
            add_lesson(module, kind, name, by=officer)
    Course.objects.filter(pk=version.course_id).update(is_demo=True)
