"""A sheet of units: `code, name, parent, kind, zone`, one row a unit, found by code. Parents may stand below their children.

An empty cell says nothing and changes nothing; without a parent a new unit is a root, which only the command line may add.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.agencies.actions import add_agency, edit_agency, lock_tree, move_agency
from accounts.agencies.models import Agency
from accounts.agencies.rules import may_manage_agency, may_move_agency
from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome, RowError
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sheets import Row, Sheet

COLUMNS = ("code", "name", "parent", "kind", "zone")
ZONES = {zone.label: zone.value for zone in Agency.Zone} | {zone.value.upper(): zone.value for zone in Agency.Zone}
KINDS = {kind.value: kind.value for kind in Agency.Kind}


class AgencySheet:
    """The importer of units."""

    required: Sequence[str] = ("code", "name")
    batch = 200

    def __init__(self, sheet: Sheet, by: Any) -> None:
        self.by = by
        self.first: dict[str, int] = {}
        for row in sheet.rows:
            self.first.setdefault(_code(row), row.number)
        self.known = {unit.code.upper(): unit for unit in Agency.objects.get_queryset()}
        self.parents = self._parents(sheet.rows)
        self.rows = sorted(sheet.rows, key=lambda row: (self._depth(_code(row)), row.number))
        self.accepted: set[str] = set()  # units that the dry run would have added

    def check(self, rows: list[Row]) -> list[Outcome]:
        outcomes = []
        for row in rows:
            outcome = self._read(row)
            if outcome.kind == CREATED:
                self.accepted.add(_code(row))
            outcomes.append(outcome)
        return outcomes

    def write(self, rows: list[Row]) -> list[Outcome]:
        lock_tree()
        outcomes = []
        for row in rows:
            outcome = self._read(row)
            if outcome.kind in {CREATED, UPDATED}:
                try:
                    with transaction.atomic():
                        self._write(row)
                except Refusal as refusal:
                    outcome = self._refused(row, [RowError(refusal.field or "", str(refusal.sentence))])
            outcomes.append(outcome)
        return outcomes

    def _parents(self, rows: list[Row]) -> dict[str, str]:
        """Code of the unit above, by code: what is known, then what the sheet says."""
        by_path = {unit.path: code for code, unit in self.known.items()}
        parents = {code: by_path.get(unit.path[: -Agency.steplen], "") for code, unit in self.known.items()}
        for row in rows:
            if parent := row.get("parent", "").upper():
                parents[_code(row)] = parent
        return parents

    def _depth(self, code: str) -> int:
        """How many units stand above; a circle is cut after all of them were seen, and refused later."""
        depth, above, seen = 0, self.parents.get(code, ""), {code}
        while above and above not in seen:
            seen.add(above)
            depth, above = depth + 1, self.parents.get(above, "")
        return depth

    def _is_in_circle(self, code: str) -> bool:
        seen, above = {code}, self.parents.get(code, "")
        while above:
            if above in seen:
                return True
            seen.add(above)
            above = self.parents.get(above, "")
        return False

    def _read(self, row: Row) -> Outcome:
        errors = self._errors(row)
        if errors:
            return self._refused(row, errors)
        unit = self.known.get(_code(row))
        if unit is None:
            return self._outcome(row, CREATED)
        return self._outcome(row, UPDATED if self._changes(row, unit) or self._moves(row, unit) else UNCHANGED)

    def _errors(self, row: Row) -> list[RowError]:
        code, parent = _code(row), row.get("parent", "").upper()
        errors = []
        for column, most in (("code", 40), ("name", 200)):
            text = row.get(column, "")
            if not text:
                errors.append(RowError(column, _("This cell is empty.")))
            elif len(text) > most:
                errors.append(
                    RowError(column, _("%(count)d letters, at most %(most)d fit.") % {"count": len(text), "most": most})
                )
        if code and self.first[code] != row.number:
            errors.append(RowError("code", _("This code is already in row %(row)s.") % {"row": self.first[code]}))
        if row.get("kind") and row["kind"].lower() not in KINDS:
            errors.append(RowError("kind", _("The kind must be instansi, opd or unit.")))
        if row.get("zone") and row["zone"].upper() not in ZONES:
            errors.append(RowError("zone", _("The zone must be WIB, WITA or WIT.")))
        if errors:
            return errors
        return self._place_errors(code, parent)

    def _place_errors(self, code: str, parent: str) -> list[RowError]:
        unit, above = self.known.get(code), self.known.get(parent)
        if unit and not may_manage_agency(self.by, unit):
            return [RowError("code", _("The code %(code)s is already used. Choose another.") % {"code": code})]
        if unit and not unit.is_active:
            return [RowError("code", _("%(unit)s is closed.") % {"unit": unit})]
        if not parent:
            allowed = unit is not None or may_manage_agency(self.by, None)
            return (
                []
                if allowed
                else [RowError("parent", _("Name the unit above it: you may add units only below your own."))]
            )
        if parent not in self.accepted and (above is None or not may_manage_agency(self.by, above)):
            return [
                RowError("parent", _("There is no unit with the code %(code)s in your reach.") % {"code": parent[:40]})
            ]
        if above and not above.is_active:
            return [RowError("parent", _("%(unit)s is closed.") % {"unit": above})]
        if self._is_in_circle(code):
            return [RowError("parent", _("The unit would stand below itself."))]
        if unit and self.parents_now(unit) != parent and not may_move_agency(self.by, unit):
            return [RowError("parent", _("You may move only units below your own unit."))]
        return []

    def parents_now(self, unit: Agency) -> str:
        above = Agency.objects.get_parent(unit)
        return above.code.upper() if above else ""

    def _changes(self, row: Row, unit: Agency) -> dict[str, str]:
        values = {"name": row["name"]}
        if row.get("kind"):
            values["kind"] = KINDS[row["kind"].lower()]
        if row.get("zone"):
            values["zone"] = ZONES[row["zone"].upper()]
        return {name: value for name, value in values.items() if getattr(unit, name) != value}

    def _moves(self, row: Row, unit: Agency) -> bool:
        parent = row.get("parent", "").upper()
        return bool(parent) and self.parents_now(unit) != parent

    def _write(self, row: Row) -> None:
        code = _code(row)
        unit, above = self.known.get(code), self.known.get(row.get("parent", "").upper())
        if unit is None:
            values = {
                "kind": KINDS.get(row.get("kind", "").lower(), ""),
                "zone": ZONES.get(row.get("zone", "").upper(), ""),
            }
            self.known[code] = add_agency(code=row["code"], name=row["name"], parent=above, by=self.by, **values)
            return
        if changes := self._changes(row, unit):
            unit = edit_agency(unit, by=self.by, **changes)
        if above and self._moves(row, unit):
            unit = move_agency(unit, above, by=self.by)
        self.known[code] = unit

    def _refused(self, row: Row, errors: list[RowError]) -> Outcome:
        outcome = self._outcome(row, REFUSED)
        outcome.errors = errors
        return outcome

    def _outcome(self, row: Row, kind: str) -> Outcome:
        return Outcome(
            row.number, kind, row.get("name", "")[:200], row.get("code", "")[:40], row.get("parent", "")[:40]
        )


def _code(row: Row) -> str:
    return row.get("code", "").upper()
