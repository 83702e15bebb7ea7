"""What the demo city says of its trainings: level 1 after each, levels 3 and 4 half a year later, and tests before and after one of them.

Sheets are laid down as answering does, in the week of their day, and put together by the product's own clock; two surveys wait on the
desks of the accounts that one signs in with.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.days import local_day
from enrollments.enrolling.models import Enrollment
from enrollments.management.demo.people import Crowd
from enrollments.surveys.actions import put_together
from enrollments.surveys.actions.answering import monday
from enrollments.surveys.models import Invitation, Kind, Question, QuestionnaireVersion, Sheet
from enrollments.surveys.queries import InUse, due_for_survey, superior_of

TESTED = "TKN-BPP"
WORDS = {
    Kind.COURSE: ("Contoh kasusnya dekat dengan loket kami.", "Ruang kelas terlalu dingin, selebihnya baik.", "Waktunya kurang untuk latihan."),
    Kind.TRAINER: ("Sabar menjawab pertanyaan.", "Slide-nya padat, tetapi penjelasannya jelas."),
    Kind.ALUMNUS: ("Antrean kami kini dibagi dua, warga menunggu lebih singkat.", "Masih perlu contoh formulir.", "Rapat mingguan jadi setengah jam."),
    Kind.SUPERIOR: ("Laporannya kini datang tepat waktu.", "Perlu pendampingan beberapa pekan lagi."),
}  # fmt: skip


def write_surveys(crowd: Crowd, dice: Random, now: datetime) -> None:
    """Nobody is written to about it: who is due already counts as told and reminded."""
    today = local_day(Agency.Zone.WIB, now)
    places = list(
        Enrollment.objects.filter(
            status=Enrollment.Status.COMPLETED, version__asks_before_download=True, learner__agency__isnull=False
        )
        .exclude(learner__in=crowd.accounts.values())
        .select_related("learner__agency", "cohort__course", "completion_agency")
        .prefetch_related("cohort__trainers")
        .order_by("pk")
    )
    _tested(places, dice)
    writer = _Writer(dice)
    for place in places:
        if dice.random() < 0.86:
            day = local_day(Agency.Zone.WIB, place.completed_at)
            writer.answers(place, Kind.COURSE, place.learner, day)
            for trainer in place.cohort.trainers.all():
                writer.answers(place, Kind.TRAINER, place.learner, day, trainer=trainer)
    due = list(
        due_for_survey(today, Agency.Zone.WIB).select_related("learner__agency", "cohort__course", "completion_agency")
    )
    for place in due:
        for kind, person in ((Kind.ALUMNUS, place.learner), (Kind.SUPERIOR, superior_of(place.learner, today))):
            if person is not None:
                writer.later(place, kind, person, today)
    writer.write()
    _on_the_desks(crowd, places, today)
    put_together(now)


def _tested(places: list[Enrollment], dice: Random) -> None:
    """Scores of the tests that the class wrote on its first and its last day."""
    tested = [place for place in places if place.cohort.course.code == TESTED]
    for place in tested:
        place.pre_score = Decimal(dice.randint(30, 70))
        place.post_score = place.pre_score + (100 - place.pre_score) * Decimal(dice.randint(30, 90)) / 100
    Enrollment.objects.bulk_update(tested, ["pre_score", "post_score"], batch_size=500)


class _Writer:
    """Invitations and sheets of many, written at once."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.invitations: list[Invitation] = []
        self.sheets: list[Sheet] = []
        used = InUse(*Kind)
        top = Agency.objects.get_queryset().first()
        self.versions = {kind: used.of(kind, top) for kind in Kind} if top else {}
        self.questions: dict[int, list[Question]] = {}

    def answers(self, place: Enrollment, kind: Kind, person: User, day: date, *, trainer: User | None = None) -> None:
        self.invitations.append(
            Invitation(enrollment=place, kind=kind, trainer=trainer, person=person, asked_on=day, is_answered=True)
        )
        self._sheet(place, kind, day, trainer)

    def later(self, place: Enrollment, kind: Kind, person: User, today: date) -> None:
        asked = today - timedelta(days=self.dice.randint(15, 29))
        is_answered = self.dice.random() < 0.62
        self.invitations.append(
            Invitation(
                enrollment=place,
                kind=kind,
                person=person,
                asked_on=asked,
                open_until=asked + timedelta(days=30),
                told_on=asked,
                reminded_on=asked + timedelta(days=14),
                is_answered=is_answered,
            )
        )
        if is_answered:
            self._sheet(place, kind, asked, None)

    def _sheet(self, place: Enrollment, kind: Kind, day: date, trainer: User | None) -> None:
        version = self.versions.get(kind)
        unit = place.completion_agency or place.agency
        if version is None:
            return
        self.sheets.append(
            Sheet(
                version=version,
                cohort=place.cohort,
                unit=unit,
                trainer=trainer,
                week=monday(day),
                answers=self._chosen(version, kind),
            )
        )

    def _chosen(self, version: QuestionnaireVersion, kind: Kind) -> dict[str, int | str]:
        if version.pk not in self.questions:
            self.questions[version.pk] = list(version.questions.all())
        found: dict[str, int | str] = {}
        for question in self.questions[version.pk]:
            if question.sort == Question.Sort.TEXT:
                if self.dice.random() < 0.25:
                    found[str(question.pk)] = self.dice.choice(WORDS[kind])
            elif question.sort == Question.Sort.CHOICE:
                found[str(question.pk)] = self.dice.randint(1, len(question.options))
            else:
                found[str(question.pk)] = self.dice.choices((1, 2, 3, 4, 5), (1, 3, 10, 28, 20))[0]
        return found

    def write(self) -> None:
        Invitation.objects.bulk_create(self.invitations, batch_size=1000, ignore_conflicts=True)
        Sheet.objects.bulk_create(self.sheets, batch_size=1000)


def _on_the_desks(crowd: Crowd, places: list[Enrollment], today: date) -> None:
    """One survey for the learner, as an alumnus, and one for the head, about one of theirs."""
    learner, head = crowd.accounts["learner"], crowd.accounts["head"]
    own = (
        Enrollment.objects.filter(learner=learner, status=Enrollment.Status.COMPLETED).order_by("completed_at").first()
    )
    theirs = next((place for place in places if head.agency and place.learner.agency_id == head.agency_id), None)
    for place, kind, person in ((own, Kind.ALUMNUS, learner), (theirs, Kind.SUPERIOR, head)):
        if place is not None:
            asked = today - timedelta(days=2)
            Invitation.objects.get_or_create(
                enrollment=place,
                kind=kind,
                trainer=None,
                defaults={
                    "person": person,
                    "asked_on": asked,
                    "open_until": asked + timedelta(days=30),
                    "told_on": asked,
                },
            )
