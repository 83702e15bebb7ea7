"""`course.json`: what a course package says of itself, read strictly and written in exactly one way.

Source of the shape: docs/packages.md. Everything that is wrong is named at once, each in one sentence with its place.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal
from courses.authoring.codes import PATTERN
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion, Lesson
from courses.taxonomy.models import CertificateKind, CompetencyKind, LearningPath, ProgramFamily, TrainingType

NAME = "course.json"
FORMAT, FORMAT_VERSION = "asn-lms-course", 1
LARGEST = 8 * 1024 * 1024
CENT = Decimal("0.01")
_LANGUAGES = {code for code, _label in CourseVersion._meta.get_field("language").choices or ()}


class BadPackage(Refusal):
    """The package cannot be brought in; `reasons` holds one sentence for each thing that is wrong."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        first = reasons[0]
        more = len(reasons) - 1
        super().__init__(
            first if not more else _("%(first)s And %(count)d more like this.") % {"first": first, "count": more}
        )


@dataclass(frozen=True)
class LessonEntry:
    uid: UUID
    kind: str
    title: str
    minutes: int
    required: bool
    content: Mapping[str, Any]
    # "pre", "post" or nothing
    test: str = ""


@dataclass(frozen=True)
class ModuleEntry:
    title: str
    jp: Decimal
    lessons: tuple[LessonEntry, ...]


@dataclass(frozen=True)
class Manifest:
    """A course as a package carries it. Codes of reference rows, not their names; JP with two decimals."""

    code: str
    title: str
    summary: str
    description: str
    language: str
    competency: str
    path: str
    training_type: str
    certificate_kind: str
    family: str
    target_group: str
    pass_mark: Decimal
    motif: str
    jp: Decimal
    self_paced_days: int | None
    asks_before_download: bool
    survey_after_months: int | None
    prints_gain: bool
    modules: tuple[ModuleEntry, ...]

    @property
    def lessons(self) -> Iterable[LessonEntry]:
        return (lesson for module in self.modules for lesson in module.lessons)


def write_manifest(manifest: Manifest) -> bytes:
    """The one spelling of a manifest: keys sorted, indented by two, UTF-8, a newline at the end."""
    data = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **{name: text for name in _TEXTS if (text := getattr(manifest, name)) != _DEFAULTS.get(name)},
        "pass_mark": _decimal(manifest.pass_mark),
        "jp": _decimal(manifest.jp),
        "self_paced_days": manifest.self_paced_days,
        **{name: value for name in _EVALUATION if (value := getattr(manifest, name)) != _DEFAULTS[name]},
        "modules": [
            {
                "title": module.title,
                "jp": _decimal(module.jp),
                "lessons": [
                    {
                        "uid": str(lesson.uid),
                        "kind": lesson.kind,
                        "title": lesson.title,
                        "minutes": lesson.minutes,
                        "required": lesson.required,
                        "content": lesson.content,
                        **({"test": lesson.test} if lesson.test else {}),
                    }
                    for lesson in module.lessons
                ],
            }
            for module in manifest.modules
        ],
    }
    return (json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def _decimal(value: Decimal) -> str:
    return str(value.quantize(CENT))


# name → longest text; None where it may be long
_TEXTS: dict[str, int | None] = {
    "code": 30,
    "title": 150,
    "summary": 200,
    "description": None,
    "language": 2,
    "competency": 20,
    "path": 20,
    "training_type": 20,
    "certificate_kind": 12,
    "family": 20,
    "target_group": 200,
    "motif": 10,
}
# What a package need not say, and an exported one leaves out: packages that are older stay as they are, to the byte.
_DEFAULTS: dict[str, Any] = {
    "certificate_kind": CertificateKind.CERTIFICATE.value,
    "family": "",
    "asks_before_download": False,
    "survey_after_months": None,
    "prints_gain": False,
}
_EVALUATION = ("asks_before_download", "survey_after_months", "prints_gain")
_TOP = {*_TEXTS, *_EVALUATION, "format", "format_version", "pass_mark", "jp", "self_paced_days", "modules"}
_MODULE = {"title", "jp", "lessons"}
_LESSON = {"uid", "kind", "title", "minutes", "required", "content", "test"}


def read_manifest(raw: bytes) -> Manifest:
    """Read `course.json`. Raises BadPackage with every reason. Asks the reference tables (four queries)."""
    data = _json(raw)
    if data.get("format") != FORMAT or data.get("format_version") != FORMAT_VERSION:
        raise BadPackage(
            [
                _(
                    "This is not a course package of ASN LMS (course.json must say format asn-lms-course, format_version 1)."
                )
            ]
        )
    reader = _Reader()
    reader.keys(data, _TOP, NAME)
    data = {**_DEFAULTS, **data}
    manifest = Manifest(
        **{
            name: reader.text(data, name, NAME, longest, may_be_empty=name not in {"code", "title"})
            for name, longest in _TEXTS.items()
        },
        pass_mark=reader.decimal(data, "pass_mark", NAME, at_most=Decimal(100)),
        jp=reader.decimal(data, "jp", NAME, at_most=Decimal("9999.99")),
        self_paced_days=reader.whole_or_none(data, "self_paced_days", 3650),
        asks_before_download=reader.flag(data, "asks_before_download", NAME),
        survey_after_months=reader.whole_or_none(data, "survey_after_months", 60, least=1),
        prints_gain=reader.flag(data, "prints_gain", NAME),
        modules=tuple(reader.module(one, number) for number, one in enumerate(reader.many(data, "modules", NAME), 1)),
    )
    reader.check_choices(manifest)
    if not reader.reasons:
        reader.check_whole(manifest)
    if reader.reasons:
        raise BadPackage(reader.reasons)
    return manifest


def _json(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > LARGEST:
        raise BadPackage([_("course.json is larger than 8 MB.")])
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadPackage([_("course.json is not UTF-8 text. Save it again as UTF-8.")]) from error
    except json.JSONDecodeError as error:
        raise BadPackage(
            [
                _("course.json cannot be read: line %(line)d, column %(column)d.")
                % {"line": error.lineno, "column": error.colno}
            ]
        ) from error
    except RecursionError as error:
        raise BadPackage([_("course.json is nested too deeply.")]) from error
    if not isinstance(data, dict):
        raise BadPackage([_("course.json must hold one object.")])
    return data


@dataclass
class _Reader:
    """Reads values and remembers what is wrong, so that an author learns all of it at once."""

    reasons: list[str] = field(default_factory=list)

    def say(self, place: str, sentence: str) -> None:
        self.reasons.append(_("%(place)s: %(sentence)s") % {"place": place, "sentence": sentence})

    def keys(self, data: Mapping[str, Any], known: set[str], place: str) -> None:
        for name in sorted(set(data) - known):
            self.say(place, _("“%(name)s” is not known here.") % {"name": name})

    def text(
        self, data: Mapping[str, Any], name: str, place: str, longest: int | None, *, may_be_empty: bool = False
    ) -> str:
        value = data.get(name)
        if not isinstance(value, str) or "\x00" in value:
            self.say(place, _("“%(name)s” must be text.") % {"name": name})
            return ""
        if not may_be_empty and not value.strip():
            self.say(place, _("“%(name)s” is empty.") % {"name": name})
        if longest is not None and len(value) > longest:
            self.say(
                place,
                _("“%(name)s” has %(length)d characters, at most %(longest)d fit.")
                % {"name": name, "length": len(value), "longest": longest},
            )
        return value

    def decimal(self, data: Mapping[str, Any], name: str, place: str, *, at_most: Decimal) -> Decimal:
        value = data.get(name)
        try:
            if not isinstance(value, str):
                raise InvalidOperation
            number = Decimal(value)
            if not number.is_finite() or number < 0 or number > at_most or number != number.quantize(CENT):
                raise InvalidOperation
        except InvalidOperation:
            self.say(
                place,
                _('“%(name)s” must be a number from 0 to %(most)s in quotation marks, such as "1.50".')
                % {"name": name, "most": at_most},
            )
            return Decimal(0)
        return number.quantize(CENT)

    def whole(self, data: Mapping[str, Any], name: str, place: str, most: int, *, least: int = 0) -> int:
        value = data.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.say(
                place,
                _("“%(name)s” must be a whole number from %(least)d to %(most)d.")
                % {"name": name, "least": least, "most": most},
            )
            return least
        return value

    def whole_or_none(self, data: Mapping[str, Any], name: str, most: int, *, least: int = 0) -> int | None:
        return None if data.get(name) is None else self.whole(data, name, NAME, most, least=least)

    def flag(self, data: Mapping[str, Any], name: str, place: str) -> bool:
        if not isinstance(data.get(name), bool):
            self.say(place, _("“%(name)s” must be true or false.") % {"name": name})
        return data.get(name) is True

    def many(self, data: Mapping[str, Any], name: str, place: str) -> list[Any]:
        value = data.get(name)
        if not isinstance(value, list):
            self.say(place, _("“%(name)s” must be a list.") % {"name": name})
            return []
        return value

    def object(self, value: Any, place: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self.say(place, _("must be an object."))
        return {}

    def module(self, value: Any, number: int) -> ModuleEntry:
        place = _("Module %(number)d") % {"number": number}
        data = self.object(value, place)
        self.keys(data, _MODULE, place)
        return ModuleEntry(
            title=self.text(data, "title", place, 150),
            jp=self.decimal(data, "jp", place, at_most=Decimal("9999.99")),
            lessons=tuple(
                self.lesson(one, number, index) for index, one in enumerate(self.many(data, "lessons", place), 1)
            ),
        )

    def lesson(self, value: Any, module: int, number: int) -> LessonEntry:
        place = _("Module %(module)d, lesson %(number)d") % {"module": module, "number": number}
        data = self.object(value, place)
        self.keys(data, _LESSON, place)
        kind = self.text(data, "kind", place, 20)
        if kind and kind not in kinds:
            self.say(
                place,
                _("the kind “%(kind)s” is not known. Known are: %(known)s.")
                % {"kind": kind, "known": ", ".join(kinds.names())},
            )
        content = data.get("content")
        if not isinstance(content, dict):
            self.say(place, _("“%(name)s” must be an object.") % {"name": "content"})
            content = {}
        test = data.get("test", "")
        if test not in Lesson.Test.values:
            self.say(place, _("“%(name)s” must be “pre” or “post”, or be left out.") % {"name": "test"})
            test = ""
        return LessonEntry(
            uid=self.uid(data, place),
            kind=kind,
            title=self.text(data, "title", place, 150),
            minutes=self.whole(data, "minutes", place, 30000),
            required=self.flag(data, "required", place),
            content=content,
            test=test,
        )

    def uid(self, data: Mapping[str, Any], place: str) -> UUID:
        value = data.get("uid")
        try:
            uid = UUID(value) if isinstance(value, str) else None
        except ValueError:
            uid = None
        if uid is None or str(uid) != value:
            self.say(place, _("“%(name)s” must be a UUID in small letters.") % {"name": "uid"})
            return UUID(int=0)
        return uid

    def check_choices(self, manifest: Manifest) -> None:
        if manifest.code and not re.fullmatch(PATTERN, manifest.code):
            self.say(NAME, _("“code” may hold capital letters, digits and hyphens only."))
        references: tuple[tuple[str, Any], ...] = (
            ("competency", CompetencyKind),
            ("path", LearningPath),
            ("training_type", TrainingType),
            ("family", ProgramFamily),
        )
        known: dict[str, set[str]] = {
            "language": {str(code) for code in _LANGUAGES},
            "motif": set(CourseVersion.Motif.values),
            "certificate_kind": set(CertificateKind.values),
            **{name: set(model.objects.values_list("code", flat=True)) | {""} for name, model in references},
        }
        for name, values in known.items():
            value = getattr(manifest, name)
            if value not in values:
                self.say(
                    NAME,
                    _("“%(name)s” is “%(value)s”. Choose one of: %(known)s.")
                    % {"name": name, "value": value[:40], "known": ", ".join(sorted(values - {""}))},
                )

    def check_whole(self, manifest: Manifest) -> None:
        shared = sum((module.jp for module in manifest.modules), Decimal(0))
        if shared != manifest.jp:
            self.say(
                NAME,
                _("the modules share out %(shared)s JP, but the course says %(jp)s.")
                % {"shared": shared, "jp": manifest.jp},
            )
        for test in (Lesson.Test.PRE, Lesson.Test.POST):
            if sum(lesson.test == test for lesson in manifest.lessons) > 1:
                self.say(NAME, _("more than one lesson is marked “%(test)s”.") % {"test": test.value})
        seen: set[UUID] = set()
        for lesson in manifest.lessons:
            if lesson.uid in seen:
                self.say(NAME, _("the lesson uid %(uid)s occurs twice.") % {"uid": lesson.uid})
            seen.add(lesson.uid)
