"""The editor of a quiz: its rules as a form, its questions as rows that a page without scripts can add, move and remove too."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from asn_lms.lib.richtext import tidy
from courses.lesson_kinds.quiz.content import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Option,
    Question,
    Quiz,
    Type,
    write_questions,
)
from courses.lesson_kinds.quiz.models import QuizContent
from courses.structure.models import Lesson

NEW_OPTIONS = {Type.SINGLE: 4, Type.MULTIPLE: 4}
LONGEST_TEXT = 4000


@dataclass
class Row:
    """One question in the editor; `points` as typed."""

    question: Question
    points: str
    errors: list[str] = field(default_factory=list)

    @property
    def options(self) -> tuple[Option, ...]:
        return self.question.options

    @property
    def has_fixed_options(self) -> bool:
        return self.question.type == Type.TRUE_FALSE


class QuizForm(forms.Form):
    """`do` is what a button of the editor asks for besides saving: add, up, down, remove, option, drop-option."""

    is_graded = forms.BooleanField(
        label=gettext_lazy("Counts towards completion: the pass mark must be reached"), required=False
    )
    attempts = forms.IntegerField(
        label=gettext_lazy("Attempts"),
        help_text=gettext_lazy("The best one counts. Leave empty for practice without a limit."),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Time limit in minutes"),
        help_text=gettext_lazy("Leave empty for no limit."),
        required=False,
        min_value=1,
        max_value=600,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    draw = forms.IntegerField(
        label=gettext_lazy("How many questions each attempt draws"),
        help_text=gettext_lazy("Leave empty to ask them all."),
        required=False,
        min_value=1,
        max_value=MOST_QUESTIONS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    is_shuffled = forms.BooleanField(
        label=gettext_lazy("Put questions and options in another order for everyone"), required=False
    )

    def __init__(self, lesson: Lesson, content: Quiz, data: Any = None) -> None:
        rules = ("is_graded", "attempts", "minutes", "draw", "is_shuffled")
        super().__init__(data, initial={name: getattr(content, name) for name in rules})
        self.lesson = lesson
        self.types = Type.choices
        if self.is_bound:
            self.rows = read_rows(self.data)
            self._settle_fixed_options()
        else:
            self.rows = [Row(one, _plain(one.points)) for one in content.questions]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("is_graded") and not values.get("attempts") and "attempts" not in self.errors:
            self.add_error("attempts", _("Say how many attempts count, for example 3."))
        if len(self.rows) > MOST_QUESTIONS:
            self.add_error(None, _("A quiz has at most %(most)s questions.") % {"most": MOST_QUESTIONS})
        for number, row in enumerate(self.rows, 1):
            for error in row.errors:
                self.add_error(None, _("Question %(number)s: %(error)s") % {"number": number, "error": error})
        return values

    @transaction.atomic
    def save(self, *, by: Any) -> None:
        """Store rules and questions as they stand; an unfinished question is no error in a draft (`problems` names it)."""
        QuizContent.objects.select_for_update(no_key=True).get(lesson=self.lesson)
        values = {name: self.cleaned_data[name] for name in self.fields}
        QuizContent.objects.filter(lesson=self.lesson).update(**values)
        with override(self.lesson.version.language):
            self.rows = act(self.rows, str(self.data.get("do", "")))
        write_questions(self.lesson, tuple(row.question for row in self.rows))

    def _settle_fixed_options(self) -> None:
        with override(self.lesson.version.language):
            for row in self.rows:
                row.question = as_type(row.question)

    @property
    def blank(self) -> Row:
        """What a script copies when a question is added."""
        return new_row(Type.SINGLE)


def read_rows(data: Mapping[str, Any]) -> list[Row]:
    """The questions as typed, in the order of the page. What is no uid of ours is left out."""
    seen: set[str] = set()
    return [_read_row(data, uid, seen) for uid in _uids(data, "question", seen)]


def _read_row(data: Mapping[str, Any], uid: str, seen: set[str]) -> Row:
    def said(name: str) -> str:
        return str(data.get(f"{name}", ""))

    errors = []
    kind = said(f"q-{uid}-type")
    kind = kind if kind in Type.values else Type.SINGLE
    typed = said(f"q-{uid}-points").strip() or "1"
    try:
        points = Decimal(typed.replace(",", ".")).quantize(Decimal("0.01"))
        if not Decimal("0.01") <= points <= 100:
            raise InvalidOperation
    except InvalidOperation:
        points = Decimal(1)
        errors.append(_("points are a number from 0.01 to 100, such as 1 or 2.5."))
    text = tidy(said(f"q-{uid}-text"))
    if len(text) > LONGEST_TEXT:
        errors.append(_("the text has more than %(most)s characters.") % {"most": LONGEST_TEXT})
    right = {str(one) for one in _list(data, f"q-{uid}-right")}
    options = tuple(
        Option(
            uid=option,
            text=" ".join(said(f"o-{option}-text").split())[:500],
            is_correct=option in right,
            feedback=" ".join(said(f"o-{option}-feedback").split())[:1000],
        )
        for option in _uids(data, f"q-{uid}-option", seen)
    )
    if len(options) > MOST_OPTIONS:
        errors.append(_("a question has at most %(most)s options.") % {"most": MOST_OPTIONS})
    question = Question(uid, kind, text, points, tidy(said(f"q-{uid}-feedback"))[:LONGEST_TEXT], options)
    return Row(question, typed, errors)


def as_type(question: Question) -> Question:
    """The question with the options that its kind asks for: true and false are always the same two, in the language of the course (in force here)."""
    if question.type != Type.TRUE_FALSE:
        return question
    texts = [_("True"), _("False")]
    kept = question.options[:2]
    if len(kept) == 2 and all(one.text for one in kept):
        return replace(question, options=kept)
    uids = [one.uid for one in kept] + [str(uuid4()) for _missing in range(2 - len(kept))]
    right = [one.is_correct for one in kept] + [False, False]
    return replace(
        question,
        options=tuple(
            Option(uid, text, is_correct) for uid, text, is_correct in zip(uids, texts, right[:2], strict=True)
        ),
    )


def new_row(kind: str) -> Row:
    options = tuple(Option(str(uuid4()), "") for _number in range(NEW_OPTIONS.get(Type(kind), 0)))
    return Row(as_type(Question(uid=str(uuid4()), type=kind, options=options)), "1")


def act(rows: list[Row], do: str) -> list[Row]:
    """The rows after what the button asked for; something unknown changes nothing."""
    verb, _colon, what = do.partition(":")
    rows = list(rows)
    if verb == "add" and what in Type.values:
        return [*rows, new_row(what)]
    if verb in {"up", "down", "remove", "option"}:
        at = next((i for i, row in enumerate(rows) if row.question.uid == what), None)
        if at is None:
            return rows
        if verb == "remove":
            del rows[at]
        elif verb == "option":
            question = rows[at].question
            rows[at].question = replace(question, options=(*question.options, Option(str(uuid4()), "")))
        else:
            to = at + (1 if verb == "down" else -1)
            if 0 <= to < len(rows):
                rows[at], rows[to] = rows[to], rows[at]
    if verb == "drop-option":
        for row in rows:
            row.question = replace(row.question, options=tuple(one for one in row.question.options if one.uid != what))
    return rows


def _uids(data: Mapping[str, Any], name: str, seen: set[str]) -> list[str]:
    found = []
    for given in _list(data, name):
        try:
            uid = str(UUID(str(given)))
        except ValueError:
            continue
        if uid not in seen:
            seen.add(uid)
            found.append(uid)
    return found


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    getlist = getattr(data, "getlist", None)
    if getlist is not None:
        return list(getlist(name))
    value = data.get(name, [])
    return value if isinstance(value, list) else [value]


def _plain(points: Decimal) -> str:
    return f"{points.normalize():f}".replace(".", ",")
