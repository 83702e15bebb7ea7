"""The editor of a video lesson."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.richtext import tidy
from asn_lms.lib.uploads import VIDEOS, VTT, check_upload
from courses.files.actions import keep_file
from courses.files.videos import LARGEST
from courses.lesson_kinds.video import captions
from courses.lesson_kinds.video.kind import Video, keep_captions
from courses.lesson_kinds.video.models import VideoCaptions, VideoContent
from courses.structure.models import Lesson


class VideoForm(forms.Form):
    """A file that is not chosen anew stays as it is."""

    video = forms.FileField(
        label=_("Video (MP4 or WebM, up to 500 MB)"),
        help_text=_("A large film is made light for phones after the upload; that takes a few minutes."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm"}),
    )
    captions_id = forms.FileField(
        label=_("Captions in Indonesian (WebVTT)"),
        help_text=_("Shown in the film, and below it as lines to jump to."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )
    captions_en = forms.FileField(
        label=_("Captions in English (WebVTT)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )
    transcript = forms.CharField(
        label=_("Full text"),
        help_text=_("For those who read rather than watch. Say also what is only seen."),
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    required_percent = forms.IntegerField(
        label=_("Finished when this much has been watched (per cent)"),
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, lesson: Lesson, content: Video, data: Any = None, files: Any = None) -> None:
        super().__init__(
            data, files, initial={"transcript": content.transcript, "required_percent": content.required_percent}
        )
        self.lesson = lesson
        self.content = content
        self.captions = {one.language: one for one in content.captions}

    def clean_video(self) -> Any:
        return self._checked("video", VIDEOS, LARGEST)

    def clean_captions_id(self) -> Any:
        return self._captions("captions_id")

    def clean_captions_en(self) -> Any:
        return self._captions("captions_en")

    def clean_transcript(self) -> str:
        return tidy(self.cleaned_data["transcript"])

    def _captions(self, name: str) -> Any:
        file = self._checked(name, {VTT}, captions.LONGEST)
        if not file:
            return None
        data = file.read()
        try:
            captions.parse(data)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from refusal
        return data

    def _checked(self, name: str, allowed: set[str] | frozenset[str], largest: int) -> Any:
        file = self.cleaned_data.get(name)
        if file:
            try:
                check_upload(file, allowed, largest=largest)
            except Refusal as refusal:
                raise forms.ValidationError(str(refusal.sentence)) from refusal
        return file

    @transaction.atomic
    def save(self, *, by: Any) -> None:
        """Store what was typed and chosen. Raises Refusal when the film cannot be read."""
        row = VideoContent.objects.select_for_update(no_key=True).get(lesson=self.lesson)
        if self.cleaned_data.get("video"):
            try:
                row.video = keep_file(self.cleaned_data["video"], by=by, allowed=VIDEOS)
            except Refusal as refusal:
                raise Refusal(refusal.sentence, field="video") from refusal
        row.transcript = self.cleaned_data["transcript"]
        row.required_percent = self.cleaned_data["required_percent"]
        row.save()
        for language in VideoCaptions.Language.values:
            if data := self.cleaned_data.get(f"captions_{language}"):
                keep_captions(self.lesson, language, data, by=by)
