"""A spreadsheet of people for a cohort: one column `nip`; a column `nama` is read for the eye only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, Outcome, RowError
from accounts.people.models import User
from accounts.people.nip import LENGTH, bare
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sheets import Row, Sheet
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.actions import enroll, refuse_when_closed
from enrollments.enrolling.models import Enrollment


@dataclass
class _Known:
    """What the database says about the people of some rows."""

    people: dict[str, User] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)
    elsewhere: dict[int, Enrollment] = field(default_factory=dict)


class Places:
    """The importer of one cohort's people; `cohort_id` is set by `places_in`."""

    required: Sequence[str] = ("nip",)
    batch = 200
    cohort_id = 0

    def __init__(self, sheet: Sheet, by: Any) -> None:
        self.by = by
        self.cohort = Cohort.objects.select_related("organiser", "course", "version").get(pk=self.cohort_id)
        # By number, so that two imports at once lock people in the same order.
        self.rows = sorted(sheet.rows, key=lambda row: (bare(row.get("nip", "")), row.number))
        self.first: dict[str, int] = {}
        for row in sheet.rows:
            self.first.setdefault(bare(row.get("nip", "")), row.number)
        self.planned = 0

    def check(self, rows: list[Row]) -> list[Outcome]:
        known = self._known(rows)
        return [self._outcome(row, known) for row in rows]

    def write(self, rows: list[Row]) -> list[Outcome]:
        known = self._known(rows)
        return [self._write_row(row, known) for row in rows]

    def _write_row(self, row: Row, known: _Known) -> Outcome:
        outcome = self._outcome(row, known, plans_seats=False)
        if outcome.kind != CREATED:
            return outcome
        person = known.people[bare(row["nip"])]
        try:
            with transaction.atomic():
                enroll(person, self.cohort, by=self.by)
        except Refusal as refusal:
            outcome.kind = REFUSED
            outcome.errors = [RowError("nip", str(refusal.sentence))]
        return outcome

    def _known(self, rows: list[Row]) -> _Known:
        numbers = {bare(row.get("nip", "")) for row in rows}
        mine = agencies_of(self.by, RoleGrant.Role.OFFICER)
        people = {
            str(person.nip): person
            for person in User.objects.filter(nip__in=numbers, agency__in=mine).select_related("agency")
        }
        places = (
            Enrollment.objects.live()
            .filter(learner__in=people.values(), cohort__course=self.cohort.course_id)
            .select_related("cohort")
        )
        known = _Known(people)
        for place in places:
            if place.cohort_id == self.cohort.pk:
                known.inside.add(place.learner_id)
            elif place.status == Enrollment.Status.ACTIVE or place.version_id == self.cohort.version_id:
                known.elsewhere[place.learner_id] = place
        return known

    def _outcome(self, row: Row, known: _Known, *, plans_seats: bool = True) -> Outcome:
        number = bare(row.get("nip", ""))
        person = known.people.get(number)
        outcome = Outcome(
            row.number,
            CREATED,
            label=person.full_name if person else row.get("nama", ""),
            number=number,
            unit=person.agency.label if person and person.agency else row.get("unit", ""),
        )
        if person and person.pk in known.inside and self.first[number] == row.number:
            outcome.kind = UNCHANGED
            return outcome
        error = self._error(row, number, person, known)
        if error is None and plans_seats:
            error = self._plan_seat()
        if error is not None:
            outcome.kind, outcome.errors = REFUSED, [error]
        return outcome

    def _error(self, row: Row, number: str, person: User | None, known: _Known) -> RowError | None:
        if not number:
            return RowError("nip", _("The NIP is missing."))
        if not number.isdigit() or len(number) != LENGTH:
            return RowError(
                "nip",
                _("The NIP has %(count)d characters, it should have 18 digits.") % {"count": len(number)},
                _("This often happens when the column is formatted as a number. Change its format to Text."),
            )
        if self.first[number] != row.number:
            return RowError("nip", _("The same person stands in row %(row)d.") % {"row": self.first[number]})
        if person is None:
            return RowError(
                "nip",
                _("This person is not among the people of your units."),
                _("Add them under People first, or ask their unit to bring its data up to date."),
            )
        if not person.is_active:
            return RowError("nip", _("%(name)s is not an active member of a unit.") % {"name": person.full_name})
        other = known.elsewhere.get(person.pk)
        if other and other.status == Enrollment.Status.ACTIVE:
            return RowError(
                "nip",
                _("Already in “%(cohort)s” of the same course.") % {"cohort": other.cohort},
                _("Withdraw them there first, or delete this row."),
            )
        if other:
            return RowError("nip", _("Has already completed this version of the course."))
        try:
            refuse_when_closed(self.cohort, local_day(person.zone), is_late_allowed=True)
        except Refusal as refusal:
            return RowError("", str(refusal.sentence))
        return None

    def _plan_seat(self) -> RowError | None:
        left = self.cohort.seats_left
        if left is not None and self.planned >= left:
            return RowError("", _("No seat is left for this row."), _("Give the cohort more seats, or take rows out."))
        self.planned += 1
        return None


def places_in(cohort_id: int) -> type[Places]:
    """The importer for that cohort."""
    return type("PlacesInCohort", (Places,), {"cohort_id": cohort_id})
