"""What loading something costs a learner, `{% load mobile_data %}`."""

from typing import Any

from django import template

from courses.taxonomy.terms import mobile_data

register = template.Library()


@register.inclusion_tag("courses/taxonomy/cost.html")
def data_cost(size: int, *, wait: bool = True) -> dict[str, Any]:
    """So many bytes as `12 MB · sekitar Rp 120 · 5 menit di jaringan lambat`; without `wait` size and money alone."""
    row = mobile_data()
    return {"size": size, "rupiah": row.rupiah(size), "seconds": row.seconds(size) if wait else 0}
