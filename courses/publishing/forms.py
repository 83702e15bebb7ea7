"""Forms of review and publication."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from courses.structure.models import CourseVersion, Lesson

MOMENT = "%Y-%m-%dT%H:%M"


if TYPE_CHECKING:
    Choice = forms.ModelChoiceField[User]
else:
    Choice = forms.ModelChoiceField


class _Person(Choice):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} · {obj.agency.label}" if obj.agency else str(obj.full_name)


class SubmitForm(forms.Form):
    reviewer = _Person(label=_("Reviewer"), queryset=User.objects.none(), empty_label=_("Choose a reviewer"))
    message = forms.CharField(
        label=_("Message to the reviewer"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, reviewers: Any, version: CourseVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reviewer"]
        field.queryset = reviewers
        field.initial = version.reviewer_id


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    lesson = forms.ModelChoiceField(
        label=_("About"),
        queryset=Lesson.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("the whole course"),
    )

    def __init__(self, version: CourseVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lesson"]
        field.queryset = version.lessons.order_by("position")


class VerdictForm(forms.Form):
    """Approve, or return with words. Words are asked for by the action, only when it returns."""

    text = forms.CharField(
        label=_("Your words to the authors"),
        help_text=_("Needed when you ask for changes."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PublishForm(forms.Form):
    change_note = forms.CharField(
        label=_("What has changed?"),
        help_text=_("One sentence, read by learners and other officers."),
        required=False,
        max_length=200,
    )
    when = forms.ChoiceField(
        label=_("When"),
        choices=[("now", _("Now")), ("later", _("At a time that I choose"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    at = forms.DateTimeField(
        label=_("Date and time"),
        required=False,
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("when") == "later" and not values.get("at") and "at" not in self.errors:
            self.add_error("at", _("Choose the date and time of publication."))
        if values.get("when") == "now":
            values["at"] = None
        return values

    @staticmethod
    def first_of(version: CourseVersion) -> dict[str, Any]:
        """What the form begins with: the note, and the hour that was set before."""
        at = timezone.localtime(version.publish_at) if version.publish_at else None
        return {"change_note": version.change_note, "when": "later" if at else "now", "at": at}
