"""Input about cohorts and their people: shape only, the actions check the rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from courses.structure.models import Course
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.queries import possible_trainers
from enrollments.enrolling.models import Enrollment
from enrollments.rosters.queries import LessonRow


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class CourseField(forms.ModelChoiceField[Course]):
    def label_from_instance(self, obj: Course) -> str:
        return f"{obj.current.title} ({obj.code})" if obj.current else obj.code


class CohortForm(forms.Form):
    """Five fields that matter, and two that are rarely needed."""

    course = CourseField(label=_("Course"), queryset=Course.objects.none(), empty_label=_("Choose a course"))
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(
        label=_("Last day"), widget=day_input(), help_text=_("It is also the deadline of everybody who enrols.")
    )
    seats = forms.IntegerField(
        label=_("Seats"), required=False, min_value=1, max_value=100_000, help_text=_("Empty: as many as come.")
    )
    place = forms.CharField(
        label=_("Place or mode"), required=False, max_length=120, help_text=_("For example Aula BKPSDM, or online.")
    )
    enroll_until = forms.DateField(
        label=_("Enrolment until"),
        required=False,
        widget=day_input(),
        help_text=_("Empty: until the last day. Officers may still add people afterwards."),
    )
    is_open_to_all = forms.BooleanField(
        label=_("Everybody may enrol by themselves"),
        required=False,
        initial=True,
        help_text=_("Otherwise only officers add people."),
    )

    def __init__(self, *args: Any, user: User, cohort: Cohort | None = None, **kwargs: Any) -> None:
        if cohort is not None:
            fields = ["starts_on", "ends_on", "seats", "place", "enroll_until", "is_open_to_all"]
            kwargs.setdefault("initial", {name: getattr(cohort, name) for name in fields})
        super().__init__(*args, **kwargs)
        if cohort is not None:
            del self.fields["course"]
            return
        course = self.fields["course"]
        assert isinstance(course, CourseField)
        course.queryset = (
            Course.objects.published()
            .filter(organiser__in=agencies_of(user, RoleGrant.Role.OFFICER))
            .select_related("current")
            .order_by("current__title")
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DeadlineForm(forms.Form):
    due_on = forms.DateField(
        label=_("New deadline"), required=False, widget=day_input(), help_text=_("Empty: no deadline.")
    )

    def __init__(self, *args: Any, place: Enrollment | None = None, **kwargs: Any) -> None:
        if place is not None:
            kwargs.setdefault("initial", {"due_on": place.due_on})
        super().__init__(*args, **kwargs)


class AttemptsForm(forms.Form):
    lesson = forms.TypedChoiceField(label=_("Lesson"), coerce=int)
    extra = forms.IntegerField(label=_("More attempts"), min_value=1, max_value=10, initial=1)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, rows: list[LessonRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lesson = self.fields["lesson"]
        assert isinstance(lesson, forms.TypedChoiceField)
        lesson.choices = [(row.lesson.pk, row.lesson.title) for row in rows if row.is_scored]


class TrainerField(forms.ModelMultipleChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.full_name


class TrainersForm(forms.Form):
    trainers = TrainerField(
        label=_("Trainers"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"trainers": list(cohort.trainers.all())})
        super().__init__(*args, **kwargs)
        trainers = self.fields["trainers"]
        assert isinstance(trainers, TrainerField)
        trainers.queryset = possible_trainers(cohort)


class SheetForm(forms.Form):
    file = forms.FileField(label=_("Spreadsheet"), help_text=_("XLSX or CSV with a column “nip” in the first row."))
