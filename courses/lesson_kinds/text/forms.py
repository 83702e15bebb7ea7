"""The editor of a text lesson."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.richtext import LONGEST, pictures_in, render, tidy, words
from asn_lms.lib.uploads import PICTURES, check_upload
from courses.files.actions import keep_file
from courses.lesson_kinds.text.kind import Text, shown
from courses.lesson_kinds.text.models import TextContent, TextPicture
from courses.structure.models import Lesson

WORDS_A_MINUTE = 180


class TextForm(forms.Form):
    """Text, and one new picture at a time: it is put where the cursor stood (`at`, in characters), else at the end."""

    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Write as you speak. One thought, one paragraph."),
        max_length=LONGEST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "data-markdown": ""}),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture (JPEG, PNG or WebP)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=gettext_lazy("What the picture shows"),
        help_text=gettext_lazy("Read aloud to those who do not see it, and shown when it cannot load."),
        max_length=300,
        required=False,
    )
    at = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput(attrs={"data-cursor": ""}))

    def __init__(self, lesson: Lesson, content: Text, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"body": content.body})
        self.lesson = lesson
        self.content = content

    def clean_body(self) -> str:
        return tidy(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        picture, alt = values.get("picture"), (values.get("alt") or "").strip()
        if picture and not alt:
            self.add_error("alt", _("Say in a few words what the picture shows."))
        if alt and not picture and "picture" not in self.errors:
            self.add_error("picture", _("Choose the picture that this describes."))
        if picture:
            try:
                check_upload(picture, PICTURES)
            except Refusal as refusal:
                self.add_error("picture", str(refusal.sentence))
        return values

    @transaction.atomic
    def save(self, *, by: Any) -> None:
        """Store the text and the new picture; pictures that the text no longer shows are let go. Raises Refusal."""
        body = self.cleaned_data["body"]
        if self.cleaned_data.get("picture"):
            body = self._with_picture(body, by)
        TextContent.objects.filter(lesson=self.lesson).update(body=body)
        TextPicture.objects.filter(lesson=self.lesson).exclude(name__in=list(pictures_in(body))).delete()

    def _with_picture(self, body: str, by: Any) -> str:
        media = keep_file(self.cleaned_data["picture"], by=by, allowed=PICTURES)
        taken = set(TextPicture.objects.filter(lesson=self.lesson).values_list("name", flat=True))
        name, number = media.name, 1
        while name in taken:
            number += 1
            name = media.name.replace(".webp", f"-{number}.webp")
        alt = self.cleaned_data["alt"].strip()
        TextPicture.objects.create(lesson=self.lesson, media=media, name=name, alt=alt)
        at = self.cleaned_data.get("at")
        at = len(body) if at is None else min(at, len(body))
        before, after = body[:at].rstrip("\n"), body[at:].lstrip("\n")
        said = alt.replace("\\", "").replace("[", "(").replace("]", ")")
        return "\n\n".join(part for part in (before, f"![{said}]({name})", after) if part)

    @property
    def preview(self) -> str:
        """The text as learners will see it, as typed so far."""
        body = tidy(self.data.get(self.add_prefix("body"), "")) if self.is_bound else self.content.body
        return render(body, shown(self.content.pictures))

    @property
    def words(self) -> int:
        return words(self.content.body)

    @property
    def reading_minutes(self) -> int:
        return max(1, round(self.words / WORDS_A_MINUTE))
