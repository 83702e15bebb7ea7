"""Shaping the outline of a draft: modules and lessons, and their order.

Every verb locks the version's row first, so that two officers at two desks never lose each other's work. Positions are made anew
from 0 after each change: lessons count through the whole version.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.audit.models import AuditEntry
from accounts.people.models import User
from asn_lms.lib.refusals import Refusal
from courses.authoring.actions import lock_draft
from courses.lesson_kinds import kinds
from courses.structure.models import CourseVersion, Lesson, Module

Direction = Literal["up", "down"]
Row = TypeVar("Row", Module, Lesson)
# An autosaved lesson leaves one line in the history per person and half hour, not one per pause in typing.
QUIET = timedelta(minutes=30)


class Editor(Protocol):
    """The kind's own form, already found valid."""

    def save(self, *, by: Any) -> Any: ...


def _touch(row: CourseVersion) -> None:
    row.save(update_fields=["updated_at"])


@transaction.atomic
def add_module(version: CourseVersion, title: str, *, by: User | None, jp: Decimal = Decimal(0)) -> Module:
    row = lock_draft(version, by=by)
    module = Module.objects.create(version=row, position=row.modules.count(), title=_titled(title), jp=jp)
    _touch(row)
    record("module.added", row, by=by, title=module.title)
    return module


@transaction.atomic
def edit_module(module: Module, *, by: User | None, title: str, jp: Decimal) -> Module:
    row = lock_draft(module.version, by=by)
    module = _still_there(Module.objects.filter(version=row, pk=module.pk).first())
    before = module.title
    module.title, module.jp = _titled(title), jp
    module.save(update_fields=["title", "jp"])
    _touch(row)
    record("module.edited", row, by=by, title=module.title, before=before, jp=jp)
    return module


@transaction.atomic
def delete_module(module: Module, *, by: User | None) -> None:
    """Only an empty module goes: lessons are deleted one by one, so that nobody loses a day's work by one click."""
    row = lock_draft(module.version, by=by)
    module = _still_there(Module.objects.filter(version=row, pk=module.pk).first())
    if module.lessons.exists():
        raise Refusal(_("“%(title)s” still has lessons. Move or delete them first.") % {"title": module.title})
    title = module.title
    module.delete()
    _renumber(row, _arrangement(row))
    record("module.deleted", row, by=by, title=title)


@transaction.atomic
def move_module(module: Module, direction: Direction, *, by: User | None) -> None:
    """One place up or down; at the end of the list it stays where it is."""
    row = lock_draft(module.version, by=by)
    ids = list(row.modules.values_list("pk", flat=True))
    if module.pk not in ids:
        raise Refusal(_("It is gone: somebody else deleted it. Reload the page."))
    _shift(ids, ids.index(module.pk), direction)
    arrangement = _arrangement(row)
    _renumber(row, {pk: arrangement[pk] for pk in ids})
    record("module.moved", row, by=by, title=module.title, position=ids.index(module.pk) + 1)


@transaction.atomic
def add_lesson(module: Module, kind: str, title: str, *, by: User | None) -> Lesson:
    """A new lesson at the end of the module, with the empty content of its kind."""
    row = lock_draft(module.version, by=by)
    module = _still_there(Module.objects.filter(version=row, pk=module.pk).first())
    if kind not in kinds:
        raise Refusal(_("Choose what sort of lesson it is."), field="kind")
    lesson = Lesson.objects.create(
        version=row, module=module, kind=kind, title=_titled(title), position=row.lessons.count()
    )
    kinds[kind].create(lesson)
    _renumber(row, _arrangement(row))
    record("lesson.added", row, by=by, title=lesson.title, lesson_kind=kind)
    return lesson


@transaction.atomic
def edit_lesson(
    lesson: Lesson,
    *,
    by: User | None,
    title: str,
    minutes: int,
    is_required: bool,
    test: str | None = None,
    module: Module | None = None,
    editor: Editor | None = None,
) -> Lesson:
    """Save a lesson and, by its kind's editor, its content. Both or neither. Another module takes it in at its end.

    `test` makes it the pre-test or the post-test, of which a version has one each; None leaves that as it is.
    """
    row = lock_draft(lesson.version, by=by)
    lesson = _still_there(Lesson.objects.filter(version=row, pk=lesson.pk).first())
    lesson.title, lesson.minutes, lesson.is_required = _titled(title), minutes, is_required
    if test is not None:
        _refuse_second_test(row, lesson, test)
        lesson.test = test
    lesson.save(update_fields=["title", "minutes", "is_required", "test"])
    if editor is not None:
        editor.save(by=by)
    if module is not None and module.pk != lesson.module_id:
        arrangement = _arrangement(row)
        if module.pk not in arrangement:
            raise Refusal(_("It is gone: somebody else deleted it. Reload the page."), field="module")
        arrangement[lesson.module_id].remove(lesson.uid)
        arrangement[module.pk].append(lesson.uid)
        _renumber(row, arrangement)
        lesson.refresh_from_db()
    _touch(row)
    if not _said_lately(row, lesson, by):
        record("lesson.edited", row, by=by, title=lesson.title, lesson=lesson.uid)
    return lesson


def _refuse_second_test(row: CourseVersion, lesson: Lesson, test: str) -> None:
    other = row.lessons.filter(test=test).exclude(pk=lesson.pk).first() if test else None
    if other is not None:
        raise Refusal(
            _("“%(title)s” has this mark already. Take it off there first; a course has one of each.")
            % {"title": other.title},
            field="test",
        )


def _said_lately(row: CourseVersion, lesson: Lesson, by: User | None) -> bool:
    return AuditEntry.objects.filter(
        object_type=row._meta.label_lower,
        object_id=str(row.pk),
        action="lesson.edited",
        actor=by,
        at__gte=timezone.now() - QUIET,
        details__lesson=str(lesson.uid),
    ).exists()


@transaction.atomic
def delete_lesson(lesson: Lesson, *, by: User | None) -> None:
    row = lock_draft(lesson.version, by=by)
    lesson = _still_there(Lesson.objects.filter(version=row, pk=lesson.pk).first())
    title = lesson.title
    lesson.delete()
    _renumber(row, _arrangement(row))
    record("lesson.deleted", row, by=by, title=title)


@transaction.atomic
def move_lesson(lesson: Lesson, direction: Direction, *, by: User | None) -> Lesson:
    """One place up or down within its module; at the edge it stays where it is."""
    row = lock_draft(lesson.version, by=by)
    lesson = _still_there(Lesson.objects.filter(version=row, pk=lesson.pk).first())
    arrangement = _arrangement(row)
    here = arrangement[lesson.module_id]
    _shift(here, here.index(lesson.uid), direction)
    _renumber(row, arrangement)
    record("lesson.moved", row, by=by, title=lesson.title)
    return Lesson.objects.get(pk=lesson.pk)


@transaction.atomic
def reorder(version: CourseVersion, wanted: Mapping[int, Sequence[UUID]], *, by: User | None) -> None:
    """Put the lessons in this order: module id → uids, as one desk saw them.

    What another desk did meanwhile is kept: a lesson that is not named stays in its module behind the same neighbour, a name that is
    gone is passed over, and modules keep the order that they have.
    """
    row = lock_draft(version, by=by)
    now = _arrangement(row)
    alive = {uid for uids in now.values() for uid in uids}
    seen: set[UUID] = set()
    after: dict[int, list[UUID]] = {pk: [] for pk in now}
    for pk in now:
        for uid in wanted.get(pk, ()):
            if uid in alive and uid not in seen:
                seen.add(uid)
                after[pk].append(uid)
    for pk, uids in now.items():
        for index, uid in enumerate(uids):
            if uid in seen:
                continue
            here = after[pk]
            neighbour = uids[index - 1] if index else None
            here.insert(here.index(neighbour) + 1 if neighbour in here else 0 if index == 0 else len(here), uid)
            seen.add(uid)
    if after != now:
        _renumber(row, after)
        record("lesson.moved", row, by=by)


def _arrangement(row: CourseVersion) -> dict[int, list[UUID]]:
    """Module id → uids of its lessons, both in order."""
    found: dict[int, list[UUID]] = {
        pk: [] for pk in row.modules.order_by("position", "id").values_list("pk", flat=True)
    }
    for module_id, uid in row.lessons.order_by("position", "id").values_list("module_id", "uid"):
        found[module_id].append(uid)
    return found


def _renumber(row: CourseVersion, arrangement: Mapping[int, Sequence[UUID]]) -> None:
    """Write positions from 0. The unique constraints wait for the end of the transaction."""
    modules = {module.pk: module for module in row.modules.all()}
    lessons = {lesson.uid: lesson for lesson in row.lessons.all()}
    moved_modules, moved_lessons, position = [], [], 0
    for place, (pk, uids) in enumerate(arrangement.items()):
        if modules[pk].position != place:
            modules[pk].position = place
            moved_modules.append(modules[pk])
        for uid in uids:
            lesson = lessons[uid]
            if (lesson.position, lesson.module_id) != (position, pk):
                lesson.position, lesson.module_id = position, pk
                moved_lessons.append(lesson)
            position += 1
    Module.objects.bulk_update(moved_modules, ["position"])
    Lesson.objects.bulk_update(moved_lessons, ["position", "module"])
    _touch(row)


def _shift(items: list[Any], index: int, direction: Direction) -> None:
    other = index - 1 if direction == "up" else index + 1
    if 0 <= other < len(items):
        items[index], items[other] = items[other], items[index]


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refusal(_("Give it a title."), field="title")
    return title


def _still_there(row: Row | None) -> Row:
    if row is None:
        raise Refusal(_("It is gone: somebody else deleted it. Reload the page."))
    return row
