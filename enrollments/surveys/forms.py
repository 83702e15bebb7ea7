"""Shape of what comes in: a questionnaire as a form, and the form by which its questions are written."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.taxonomy.models import SurveyTerms
from enrollments.surveys.actions.answering import MOST_WORDS
from enrollments.surveys.models import Question, QuestionnaireVersion

MOST_OPTIONS = 10


class SurveyForm(forms.Form):
    """The questions of a version. `step` says what is judged, `version` which questions were on the page."""

    step = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, questionnaire: QuestionnaireVersion, data: Any = None, *, step: str = "") -> None:
        super().__init__(data, initial={"step": step, "version": questionnaire.pk})
        self.questions = list(questionnaire.questions.all())
        for number, question in enumerate(self.questions, start=1):
            self.fields[f"q{question.pk}"] = _field(question, number)

    def answers(self) -> dict[int, int | str]:
        """By the question's id: a step from 1, or words."""
        found: dict[int, int | str] = {}
        for question in self.questions:
            value = self.cleaned_data.get(f"q{question.pk}", "")
            if value:
                found[question.pk] = value if question.sort == Question.Sort.TEXT else int(value)
        return found

    def asked(self) -> list[tuple[Question, forms.BoundField]]:
        """The questions with their fields, as the page shows them."""
        return [(question, self[f"q{question.pk}"]) for question in self.questions]


def _field(question: Question, number: int) -> forms.Field:
    label = f"{number}. {question.said}"
    if question.sort == Question.Sort.TEXT:
        return forms.CharField(
            label=label,
            required=question.is_required,
            max_length=MOST_WORDS,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Name nobody, and nothing by which you could be recognised."),
        )
    return forms.ChoiceField(
        label=label,
        required=question.is_required,
        choices=[(str(step), words or str(step)) for step, words in question.steps],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )


if TYPE_CHECKING:
    QuestionModelForm = forms.ModelForm[Question]
    TermsModelForm = forms.ModelForm[SurveyTerms]
else:
    QuestionModelForm = TermsModelForm = forms.ModelForm


class QuestionForm(QuestionModelForm):
    """A question as an officer writes it. Answers to choose from stand one to a line."""

    options = forms.CharField(
        label=gettext_lazy("Answers to choose from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One to a line, two to ten. Only where one of several answers is chosen."),
    )
    options_en = forms.CharField(
        label=gettext_lazy("The same in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In the same order, or empty."),
    )

    class Meta:
        model = Question
        fields = ("text", "sort", "low", "high", "options", "is_required", "text_en", "low_en", "high_en", "options_en")
        widgets = {"sort": forms.RadioSelect}
        help_texts = {
            "low": gettext_lazy("For a scale, for example: sangat tidak setuju."),
            "high": gettext_lazy("For a scale, for example: sangat setuju."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance is not None:
            lists = {name: "\n".join(getattr(instance, name)) for name in ("options", "options_en")}
            kwargs["initial"] = {**lists, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean_options(self) -> list[str]:
        return _lines(self.cleaned_data["options"])

    def clean_options_en(self) -> list[str]:
        return _lines(self.cleaned_data["options_en"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        options, english = cleaned.get("options") or [], cleaned.get("options_en") or []
        if cleaned.get("sort") == Question.Sort.CHOICE:
            if not 2 <= len(options) <= MOST_OPTIONS:
                self.add_error("options", _("Write two to ten answers, one to a line."))
            elif english and len(english) != len(options):
                self.add_error("options_en", _("Write as many answers as in Indonesian, or none."))
        else:
            cleaned["options"], cleaned["options_en"] = [], []
        if cleaned.get("sort") != Question.Sort.SCALE:
            cleaned |= dict.fromkeys(("low", "low_en", "high", "high_en"), "")
        else:
            for name in ("low", "high"):
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, _("Say what this end of the scale means."))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _lines(text: str) -> list[str]:
    return [line[:150] for raw in text.splitlines() if (line := " ".join(raw.split()))]


class TermsForm(TermsModelForm):
    class Meta:
        model = SurveyTerms
        fields = ("after_months", "open_days", "remind_after_days", "legal_basis")
        help_texts = {
            "after_months": gettext_lazy("What a new course begins with; its officers may change it."),
            "open_days": gettext_lazy("Counted from the day on which people are asked."),
            "remind_after_days": gettext_lazy("Fewer than the days that it stays open."),
        }

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
