"""What is published never changes: the trigger that every content table inherits."""

import pgtrigger
from django.db import models

_REFUSE = (
    "RAISE EXCEPTION 'content of a version that is not a draft never changes' USING ERRCODE = 'restrict_violation';"
)


def _guard(find_version: str) -> str:
    """SQL that refuses the write when the version that the row belongs to has left the author's desk.

    `find_version` gives the version's id, with `{row}` where OLD or NEW belongs.
    """
    check = "IF (SELECT state FROM courses_courseversion WHERE id = ({find}) FOR SHARE) IN ('approved', 'published', 'retired') THEN {refuse} END IF;"
    old = check.format(find=find_version.format(row="OLD"), refuse=_REFUSE)
    new = check.format(find=find_version.format(row="NEW"), refuse=_REFUSE)
    return f"IF TG_OP <> 'INSERT' THEN {old} END IF; IF TG_OP <> 'DELETE' THEN {new} RETURN NEW; END IF; RETURN OLD;"


def _trigger(name: str, find_version: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_guard(find_version),
    )


class PartOfVersion(models.Model):
    """A row with a `version` column: frozen once that version is approved."""

    class Meta:
        abstract = True
        triggers = [_trigger("frozen_with_its_version", "{row}.version_id")]


class PartOfLesson(models.Model):
    """A row with a `lesson` column: frozen once that lesson's version is approved. Every content table of a lesson kind is one."""

    class Meta:
        abstract = True
        triggers = [
            _trigger("frozen_with_its_lesson", "SELECT version_id FROM courses_lesson WHERE id = {row}.lesson_id")
        ]
