"""`{% load siasn %}`: the one line by which a page of another area shows what a course would add to IP-ASN."""

from typing import Any

from django import template

from courses.structure.models import CourseVersion
from enrollments.siasn.standing import estimate_for

register = template.Library()


@register.inclusion_tag("enrollments/siasn/estimate.html", takes_context=True)
def course_estimate(context: template.Context, version: CourseVersion) -> dict[str, Any]:
    """For the person who looks, were they to complete this version today."""
    return {"estimate": estimate_for(context["request"].user, version)}
