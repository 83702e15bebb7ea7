"""Text: a page to read, done when the reader says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import IO, Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asn_lms.lib.prepared import Prepared, Slot
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.richtext import Picture, pictures_in, render, tidy
from asn_lms.lib.uploads import PICTURES
from courses.files.actions import keep_file
from courses.files.links import light_path, signed_path
from courses.files.pictures import LIGHT_WIDTH
from courses.lesson_kinds import Kind, Outcome, Unreadable, Weight, travelling
from courses.lesson_kinds.text.models import TextContent, TextPicture
from courses.structure.models import Lesson


@dataclass(frozen=True)
class Text:
    """A text lesson as it is read."""

    body: str
    pictures: tuple[TextPicture, ...] = ()


@dataclass(frozen=True)
class TextState:
    is_done: bool = False


_BODY = Prepared(lambda: TextContent.objects.filter(lesson=Slot("lesson")).values_list("body", flat=True))
_PICTURES = Prepared(lambda: TextPicture.objects.filter(lesson=Slot("lesson")).select_related("media"))


class TextKind(Kind):
    name = "text"
    label = gettext_lazy("Text")
    icon = "book"
    learn_template = "text/learn.html"
    edit_template = "text/edit.html"

    def open(self, content: Text, *, rng: Random, now: datetime) -> TextState:
        return TextState()

    def receive(self, content: Text, state: TextState, data: Mapping[str, Any], now: datetime) -> Outcome:
        if str(data.get("done", "")) not in {"1", "True", "true"}:
            raise Unreadable(_("A text lesson takes one input: done=1, when it has been read."))
        return Outcome(replace(state, is_done=True), finished=True)

    def learn_context(self, content: Text, state: TextState | None) -> dict[str, Any]:
        return {"html": self.html(content), "is_done": bool(state and state.is_done)}

    def learn_data(self, content: Text, state: TextState | None) -> dict[str, Any]:
        return {"html": str(self.html(content)), "markdown": content.body, "done": bool(state and state.is_done)}

    def html(self, content: Text) -> str:
        return render(content.body, shown(content.pictures))

    def state_to_json(self, state: TextState) -> dict[str, Any]:
        return {"done": state.is_done}

    def state_from_json(self, data: Mapping[str, Any]) -> TextState:
        return TextState(is_done=bool(data.get("done")))

    def load(self, lesson: Lesson) -> Text:
        [body] = _BODY.rows(lesson=lesson.pk)
        return Text(body, tuple(_PICTURES.rows(lesson=lesson.pk)))

    def load_many(self, lessons: Sequence[Lesson]) -> dict[int, Text]:
        pictures: dict[int, list[TextPicture]] = {}
        for one in TextPicture.objects.filter(lesson__in=lessons).select_related("media"):
            pictures.setdefault(one.lesson_id, []).append(one)
        bodies = TextContent.objects.filter(lesson__in=lessons).values_list("lesson", "body")
        return {pk: Text(body, tuple(pictures.get(pk, ()))) for pk, body in bodies}

    def create(self, lesson: Lesson) -> Text:
        TextContent.objects.create(lesson=lesson)
        return Text("")

    def copy(self, content: Text, *, to: Lesson) -> Text:
        TextContent.objects.create(lesson=to, body=content.body)
        TextPicture.objects.bulk_create(
            [TextPicture(lesson=to, media=one.media, name=one.name, alt=one.alt) for one in content.pictures]
        )
        return self.load(to)

    def author_form(self, lesson: Lesson, data: Any = None, files: Any = None) -> Any:
        from courses.lesson_kinds.text.forms import TextForm

        return TextForm(lesson, self.load(lesson), data, files)

    def problems(self, content: Text) -> list[str]:
        if not content.body.strip():
            return [_("The text is empty. Write it, or remove this lesson.")]
        found, known = [], {one.name for one in content.pictures}
        for name, alt in pictures_in(content.body).items():
            if name not in known:
                found.append(_("The text shows a picture “%(name)s” that was never uploaded.") % {"name": name})
            elif not alt.strip():
                found.append(_("Say what the picture “%(name)s” shows: ![description](%(name)s).") % {"name": name})
        return found

    def weight(self, content: Text) -> Weight:
        """Pictures as a phone of 360 px loads them: in their narrow version where they have one."""
        used = pictures_in(content.body)
        pictures = sum(one.media.smallest for one in content.pictures if one.name in used)
        return Weight(page=travelling(content.body) + pictures)

    def pack(self, content: Text) -> tuple[dict[str, Any], dict[str, IO[bytes]]]:
        """`alt` travels in the text itself, as `![alt](name)`."""
        used = pictures_in(content.body)
        files: dict[str, IO[bytes]] = {"body.md": BytesIO(f"{content.body}\n".encode())}
        for one in content.pictures:
            if one.name in used:
                files[one.name] = one.media.file.open("rb")
        return {"body": "body.md"}, files

    def unpack(self, lesson: Lesson, values: Mapping[str, Any], files: Mapping[str, Path], *, by: Any) -> Text:
        path = files.get(str(values.get("body", "")))
        if path is None:
            raise Refusal(_("The package has no file for the text of “%(title)s”.") % {"title": lesson.title})
        try:
            body = tidy(path.read_bytes().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Refusal(_("The text of “%(title)s” is not UTF-8.") % {"title": lesson.title}) from error
        TextContent.objects.create(lesson=lesson, body=body)
        for name, alt in pictures_in(body).items():
            if name not in files:
                continue
            with files[name].open("rb") as file:
                media = keep_file(File(file, name=name), by=by, allowed=PICTURES)
            TextPicture.objects.create(lesson=lesson, media=media, name=name[:120], alt=(alt or name)[:300])
        return self.load(lesson)


def shown(pictures: tuple[TextPicture, ...]) -> dict[str, Picture]:
    """The pictures by name, with addresses that hold for half a day."""
    return {
        one.name: Picture(
            signed_path(one.media), one.alt, one.media.width, one.media.height, light_path(one.media), LIGHT_WIDTH
        )
        for one in pictures
    }


kind = TextKind()
