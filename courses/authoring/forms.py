"""Forms of the author's desk: shape only; what is allowed is decided by the actions."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.authoring.organisers import OrganiserField
from courses.lesson_kinds import kinds
from courses.publishing.queries import REQUIRED
from courses.structure.models import CourseVersion, Lesson, Module
from courses.taxonomy.models import LearningPath


class NewCourseForm(forms.Form):
    """Two questions; the rest is asked when there is something to say."""

    title = forms.CharField(
        label=_("Title"), max_length=150, help_text=_("As learners will read it. You can change it later.")
    )
    organiser = OrganiserField()

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organiser"]
        field.offer_to(user)


if TYPE_CHECKING:
    VersionForm = forms.ModelForm[CourseVersion]
else:
    VersionForm = forms.ModelForm


class DetailsForm(VersionForm):
    """What a version says of itself, and who organises the course."""

    organiser = OrganiserField()

    class Meta:
        model = CourseVersion
        fields = CourseVersion.DETAILS
        localized_fields = ("jp", "pass_mark")
        widgets = {
            "description": forms.Textarea(attrs={"rows": 8}),
            "motif": forms.RadioSelect,
            "language": forms.RadioSelect,
            "competency": forms.RadioSelect,
            "certificate_kind": forms.RadioSelect,
        }
        help_texts = {
            "summary": _(
                "Begin with what the learner can do afterwards: “Answer a citizen's question in two minutes.”"
            ),
            "description": _("Shown on the course page. Headings, lists and tables may be written as Markdown."),
            "target_group": _("For example: counter staff of the 21 districts."),
            "jp": _("The modules must share out exactly this number."),
            "pass_mark": _("Each graded quiz must reach it; the best attempt counts."),
            "self_paced_days": _("Counted from enrolment. Leave empty for no deadline."),
            "path": _("How the competency is developed (Perlan 10/2018)."),
            "training_type": _("How BKN records it (SIASN)."),
            "certificate_kind": _("An STTP needs an accreditation of the organiser for the family below."),
            "family": _("Needed for an STTP only."),
            "asks_before_download": _(
                "A few questions on the course and on each trainer of the cohort, about a minute. Confidential."
            ),
            "survey_after_months": _(
                "Alumnus and superior are asked what has changed at work. Leave empty for no such survey."
            ),
            "prints_gain": _("Needs a lesson marked as pre-test and one marked as post-test."),
        }

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organiser"]
        field.offer_to(user, besides=self.instance.course.organiser)
        for name in REQUIRED:
            needed: Any = self.fields[name]
            needed.needed_later = not needed.required  # said beside the label; a draft may still be saved without it
        path: Any = self.fields["path"]
        # Tugas belajar and izin belajar are formal study elsewhere: no course of ours.
        path.queryset = path.queryset.exclude(form=LearningPath.Form.STUDY)
        competency: Any = self.fields["competency"]
        competency.empty_label = None

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CourseVersion.DETAILS}


class ModuleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=150)
    jp = forms.DecimalField(
        label=_("JP"), min_value=Decimal(0), max_digits=6, decimal_places=2, localize=True, initial=Decimal(1)
    )


class NewLessonForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=150)
    kind = forms.ChoiceField(label=_("What sort of lesson?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [(kind.name, kind.label) for kind in kinds]


class LessonForm(forms.Form):
    """What every lesson has, whatever its kind. Its names bear a prefix, so that they never meet the kind's own."""

    prefix = "lesson"
    title = forms.CharField(label=_("Title of the lesson"), max_length=150)
    minutes = forms.IntegerField(
        label=_("How long it takes (minutes)"),
        min_value=1,
        max_value=600,
        help_text=_("An honest guess for most learners."),
    )
    module = forms.ModelChoiceField(label=_("Module"), queryset=Module.objects.none(), empty_label=None)
    is_required = forms.BooleanField(label=_("Required to complete the course"), required=False)
    test = forms.ChoiceField(
        label=_("Does it measure what was learned?"),
        choices=[(Lesson.Test.NONE.value, _("No")), *[one for one in Lesson.Test.choices if one[0]]],
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "What comes after a pre-test opens only once it was handed in. A pre-test need not be passed and does not count."
        ),
    )

    def __init__(self, lesson: Lesson, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "title": lesson.title,
            "minutes": lesson.minutes,
            "module": lesson.module_id,
            "is_required": lesson.is_required,
            "test": lesson.test,
        }
        super().__init__(*args, **kwargs)
        field: Any = self.fields["module"]
        field.queryset = Module.objects.filter(version=lesson.version_id).order_by("position")
        field.choices = [(one.pk, one.title) for one in field.queryset]  # drawn twice, asked once
