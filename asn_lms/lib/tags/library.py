"""Where every tag and filter of `{% load lms %}` is registered."""

from django import template

register = template.Library()
