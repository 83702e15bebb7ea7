"""Why a paper was not signed, in a sentence for the person who waits for it.

What a queue does with it: `stops_batch` means that no other paper would fare better until somebody acts; `is_temporary`
that the same paper may simply be tried again later.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.refusals import Refusal


class SigningTrouble(Refusal):
    says: Promise
    stops_batch = False
    is_temporary = False

    def __init__(self, sentence: str | Promise = "") -> None:
        super().__init__(sentence or self.says)


class WrongPassphrase(SigningTrouble):
    says = _("The passphrase is wrong. Nothing more was signed; type it again.")
    stops_batch = True


class TooManyGuesses(SigningTrouble):
    says = _("Too many wrong passphrases. Wait a while, then type it again.")
    stops_batch = True


class WrongCode(SigningTrouble):
    says = _("The one-time code is wrong or has expired. Ask for a new one and go on; what is signed stays signed.")
    stops_batch = True


class AccountInactive(SigningTrouble):
    says = _("The certificate of this signatory is not active at BSrE. Ask its verifier at your agency to renew it.")
    stops_batch = True


class NoIdentity(SigningTrouble):
    says = _("The NIK of this signatory is missing, or has other than 16 digits. BSrE knows people by it.")
    stops_batch = True


class SealInactive(SigningTrouble):
    says = _("The agency's seal is not activated, or its activation has lapsed. Ask the technical administrator.")
    stops_batch = True


class NotConfigured(SigningTrouble):
    says = _("The signing service does not know this installation. Ask the technical administrator.")
    stops_batch = True


class ServerAway(SigningTrouble):
    says = _("The signing service does not answer as it should. The paper stays in the queue; try again later.")
    is_temporary = True


class PaperRefused(SigningTrouble):
    says = _("The signing service refused this paper. The others are not affected; have it drawn again.")


class PassphraseTooShort(SigningTrouble):
    says = _("Choose a passphrase of at least 8 characters for this trial signature.")
    stops_batch = True


class KeysLocked(SigningTrouble):
    says = _("The signing keys were sealed with another SECRET_KEY. Put the former one into SECRET_KEY_FALLBACKS.")
    stops_batch = True
