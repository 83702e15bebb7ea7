"""The frame of every management command: one JSON object on stdout with `--json`, and exit codes that mean something.

0: done · 1: refused, with reasons · 2: wrong usage (unknown option, file that is not there).
"""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from asn_lms.lib.refusals import Refusal

REFUSED = 1
USAGE = 2


class Refused(Exception):
    """The command did not do (all of) what was asked; the answer says why."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        super().__init__(str(answer))


class JsonCommand(BaseCommand):
    """A command whose `run` returns its answer as a dict, or raises `Refused(answer)` or a `Refusal`.

    Without `--json` the answer is printed in words by `say`.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """The command's own arguments."""

    def run(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def say(self, answer: dict[str, Any]) -> str:
        """The answer for people: a line for each entry."""
        return "\n".join(f"{name}: {value}" for name, value in answer.items())

    def handle(self, *args: Any, **options: Any) -> None:
        wants_json = bool(options.pop("json", False))
        code = 0
        try:
            answer = self.run(**options)
        except Refused as refused:
            answer, code = refused.answer, REFUSED
        except Refusal as refusal:
            answer, code = {"error": str(refusal.sentence)}, REFUSED
        except CommandError as error:
            if not wants_json:
                raise
            answer, code = {"error": str(error)}, error.returncode
        text = json.dumps(answer, cls=DjangoJSONEncoder, ensure_ascii=False) if wants_json else self.say(answer)
        self.stdout.write(text)
        if code:
            sys.exit(code)


def existing_file(path: str) -> Path:
    """The file of that name, or wrong usage."""
    file = Path(path)
    if not file.is_file():
        raise CommandError(f"There is no file {path}", returncode=USAGE)
    return file
