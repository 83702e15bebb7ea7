"""What one may choose, shape only: the action asks whether it may be."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.queries import agencies_of, has_role
from asn_lms.lib.days import local_day
from courses.structure.models import Course
from courses.taxonomy.models import CertificateKind
from enrollments.archives.queries import ALL, READY, REVOKED, Wanted
from enrollments.archives.rules import HEAD, ISSUED, OFFICER, PEOPLE
from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort

YEARS = 6
if TYPE_CHECKING:
    UnitChoice = forms.ModelChoiceField[Agency]
    CourseChoice = forms.ModelChoiceField[Course]
else:
    UnitChoice = CourseChoice = forms.ModelChoiceField


class UnitField(UnitChoice):
    """Units as a tree, from the highest that may be chosen."""

    top = 1

    def label_from_instance(self, unit: Agency) -> str:
        return f"{'– ' * (unit.depth - self.top)}{unit.label}"


class CourseField(CourseChoice):
    def label_from_instance(self, course: Course) -> str:
        return course.current.title if course.current else course.code


class ArchiveForm(forms.Form):
    agency = UnitField(
        label=_("Unit, with all below it"),
        queryset=Agency.objects.none(),
        empty_label=None,
        required=False,
        error_messages={"invalid_choice": _("Choose a unit of yours.")},
    )
    whose = forms.ChoiceField(
        label=_("Which certificates?"),
        choices=[(PEOPLE, _("Of the people who serve there today")), (ISSUED, _("Those that the unit issued"))],
        initial=PEOPLE,
        widget=forms.RadioSelect,
    )
    year = forms.TypedChoiceField(label=_("Year of the number"), required=False, coerce=int, empty_value=None)
    course = CourseField(
        label=_("Course"), queryset=Course.objects.none(), required=False, empty_label=_("All courses")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *CertificateKind.choices])
    state = forms.ChoiceField(
        label=_("State"),
        choices=[(READY, _("In force")), (REVOKED, _("Revoked")), (ALL, _("Both"))],
        initial=READY,
    )

    def __init__(self, *args: Any, user: User, cohort: Cohort | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        units = self.fields["agency"]
        courses, years = self.fields["course"], self.fields["year"]
        assert isinstance(units, UnitField)
        assert isinstance(courses, CourseField)
        assert isinstance(years, forms.TypedChoiceField)
        mine = agencies_of(user, HEAD, OFFICER)
        units.queryset = mine.order_by("path")
        units.top = mine.aggregate(top=Min("depth"))["top"] or 1
        this_year = local_day(user.zone).year
        years.choices = [("", _("All years")), *((one, str(one)) for one in range(this_year, this_year - YEARS, -1))]
        if cohort is not None:
            # What the cohort was given is asked for: unit, course and year follow from it.
            for name in ("agency", "whose", "year", "course"):
                del self.fields[name]
            return
        if not has_role(user, OFFICER):
            del self.fields["whose"]
        seen = Certificate.objects.filter(enrollment__learner__agency__in=mine) | Certificate.objects.issued_by(user)
        courses.queryset = (
            Course.objects.filter(pk__in=seen.values("enrollment__cohort__course"))
            .select_related("current")
            .order_by("current__title", "code")
        )

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        if self.cohort is not None:
            return Wanted(
                agency=self.cohort.organiser_id,
                whose=ISSUED,
                cohort=self.cohort.pk,
                kind=data["kind"],
                state=data["state"],
            )
        # Sent without a unit: that from which the person came, else the highest of theirs.
        unit = data["agency"] or self.fields["agency"].to_python(self.initial.get("agency")) or self._highest()
        return Wanted(
            agency=unit.pk if unit else 0,
            whose=data.get("whose", PEOPLE),
            year=data["year"],
            course=data["course"].pk if data["course"] else None,
            kind=data["kind"],
            state=data["state"],
        )

    def _highest(self) -> Agency | None:
        units = self.fields["agency"]
        assert isinstance(units, UnitField)
        assert units.queryset is not None
        return units.queryset.order_by("depth", "path").first()
