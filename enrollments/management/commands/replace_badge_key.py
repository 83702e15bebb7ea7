"""`replace_badge_key ISSUER`: sign badges of this issuer with a new key from now on."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from asn_lms.lib.commands import JsonCommand, Refused
from enrollments.badges.actions import replace_key
from enrollments.badges.models import BadgeIssuer


class Command(JsonCommand):
    help = (
        "Gives an issuer of badges a new key. What the old one signed stays good, unless others know it (--betrayed)."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("issuer", help="its name in addresses, as in /badges/NAME/did.json")
        parser.add_argument(
            "--betrayed",
            action="store_true",
            help="others know the old key: nothing that it signed is believed any more",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        issuer = BadgeIssuer.objects.filter(slug=options["issuer"]).first()
        if issuer is None:
            known = list(BadgeIssuer.objects.order_by("slug").values_list("slug", flat=True))
            raise Refused({"error": _("There is no such issuer."), "issuers": known})
        key = replace_key(issuer, is_betrayed=options["betrayed"], by=None)
        return {"issuer": issuer.slug, "key": key.public}
