"""`activate_seal --ask` has BSrE send an activation code for the agency's seal; `activate_seal` then takes the code and keeps
the seal active (docs/signing.md). The code is typed, or read from standard input, never an argument: those are seen by others."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import CommandParser

from asn_lms.lib.commands import JsonCommand
from asn_lms.lib.secret import Secret
from enrollments.signing import bsre


class Command(JsonCommand):
    help = "Activates the agency's electronic seal at BSrE."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--ask", action="store_true", help="have BSrE send an activation code")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["ask"]:
            bsre.ask_for_activation()
            return {"asked": True}
        code = getpass("Activation code: ") if sys.stdin.isatty() else sys.stdin.readline()
        return {"active_until": bsre.activate_seal(Secret(code.strip()))}
