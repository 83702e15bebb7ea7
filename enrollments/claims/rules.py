"""Who may do what to a claim."""

from typing import Any

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import covers
from enrollments.claims.models import Claim

Role = RoleGrant.Role


def may_claim_for(user: Any, learner: User) -> bool:
    """Everybody for themselves, training officers for the people of their units."""
    return user.pk == learner.pk or covers(user, learner.agency, Role.OFFICER)


def may_mend(user: Any, claim: Claim) -> bool:
    """Its learner; and until it is sent for the first time, the officer who entered it for them."""
    if user.pk == claim.learner_id:
        return True
    is_entered = claim.state == Claim.State.DRAFT and claim.made_by_id == user.pk
    return is_entered and covers(user, claim.learner.agency, Role.OFFICER)


def may_decide(user: Any, claim: Claim) -> bool:
    """Training officers of the unit in which the learner serves today; nobody their own."""
    return user.pk != claim.learner_id and covers(user, claim.learner.agency, Role.OFFICER)
