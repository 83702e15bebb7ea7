"""Recording what stands between our data and SIASN. What waited for it is looked at again at once."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal
from courses.structure.models import Course
from courses.taxonomy.models import TrainingType
from enrollments.siasn.client import connection
from enrollments.siasn.models import STRUCTURAL, AgencyMapping, CourseMapping, IndexPoint, TypeMapping
from enrollments.siasn.rules import may_edit_points, may_map_agency, may_map_course


@transaction.atomic
def map_agency(agency: Agency, instansi_id: str, basis: str, *, by: User) -> AgencyMapping:
    """Say by which id SIASN knows a government."""
    if not may_map_agency(by, agency):
        raise NotYours(_("Only training officers of the whole government may record this."))
    row, _made = AgencyMapping.objects.update_or_create(
        agency=agency, defaults={"instansi_id": instansi_id, "basis": basis}
    )
    record("siasn.agency_mapped", agency, by=by, agency=agency, code=instansi_id, basis=basis)
    _look_again()
    return row


@transaction.atomic
def map_type(
    agency: Agency, kind: TrainingType, *, certificate_kind: str, document_ref: str, basis: str, by: User
) -> TypeMapping:
    """Say how a government reports one kind of training."""
    if not may_map_agency(by, agency):
        raise NotYours(_("Only training officers of the whole government may record this."))
    values = {"certificate_kind": certificate_kind, "document_ref": document_ref, "basis": basis}
    row, _made = TypeMapping.objects.update_or_create(instansi=agency, training_type=kind, defaults=values)
    record("siasn.type_mapped", row, by=by, code=kind.code, after=values)
    _look_again()
    return row


@transaction.atomic
def map_course(
    course: Course, *, training_type: TrainingType | None, structural_id: str, weight: int, basis: str, by: User
) -> CourseMapping:
    """Say what SIASN wants to know of a course. Structural training needs BKN's own id of it."""
    if not may_map_course(by, course):
        raise NotYours(_("Only training officers of the organiser may record this."))
    is_structural = training_type is not None and training_type.code == STRUCTURAL
    if is_structural and not structural_id:
        raise Refusal(_("Structural training needs its id in BKN's list."), field="structural_id")
    values: dict[str, Any] = {
        "training_type": training_type,
        "structural_id": structural_id,
        "weight": weight,
        "basis": basis,
    }
    row, _made = CourseMapping.objects.update_or_create(course=course, defaults=values)
    record("siasn.course_mapped", course, by=by, code=training_type.code if training_type else "", basis=basis)
    _look_again()
    return row


def _look_again() -> None:
    """What waited for this can be sent now; without a connection the clock's sweep finds the same."""
    if connection() is not None:
        later("siasn.send_waiting")


@transaction.atomic
def edit_points(row: IndexPoint, *, by: User, **values: Any) -> IndexPoint:
    """Correct what a column of IP-ASN is worth; with a later first day, let a new row begin there and the old one end the day before,
    so that what held once can still be read. Estimates alone follow from it.
    """
    if not may_edit_points(by):
        raise NotYours(_("Only administrators of a whole government may change this table."))
    row = IndexPoint.objects.select_for_update(no_key=True).get(pk=row.pk)
    before = {name: getattr(row, name) for name in values}
    begins: date = values.get("valid_from", row.valid_from)
    if begins < row.valid_from:
        raise Refusal(
            _("This row began later. Choose its own first day, or a later one for a new row."), field="valid_from"
        )
    if begins > row.valid_from:
        if IndexPoint.objects.filter(posts=row.posts, column=row.column, valid_from=begins).exists():
            raise Refusal(_("A row that begins that day exists already."), field="valid_from")
        row.valid_until = begins - timedelta(days=1)
        row.save(update_fields=["valid_until"])
        row = IndexPoint(posts=row.posts, column=row.column)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    changed = [name for name, value in values.items() if value != before[name]]
    record("siasn.points_edited", row, by=by, agency=by.agency, fields=changed, basis=row.legal_basis)
    return row
