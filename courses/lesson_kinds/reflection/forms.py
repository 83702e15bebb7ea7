"""The editor of a reflection lesson."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.richtext import tidy
from courses.lesson_kinds.reflection.kind import Reflection
from courses.lesson_kinds.reflection.models import ReflectionContent
from courses.structure.models import Lesson


class ReflectionForm(forms.Form):
    prompt = forms.CharField(
        label=_("Question to think about"),
        help_text=_("Ask for the learner's own case. There is no right answer."),
        required=False,
        strip=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    min_words = forms.IntegerField(
        label=_("Least number of words"),
        min_value=0,
        max_value=1000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, lesson: Lesson, content: Reflection, data: Any = None) -> None:
        super().__init__(data, initial={"prompt": content.prompt, "min_words": content.min_words})
        self.lesson = lesson

    def clean_prompt(self) -> str:
        return tidy(self.cleaned_data["prompt"])

    def save(self, *, by: Any) -> None:
        ReflectionContent.objects.filter(lesson=self.lesson).update(**self.cleaned_data)
