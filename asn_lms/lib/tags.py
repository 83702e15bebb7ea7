"""Template tags: `{% load lms %}`."""

from django import template

register = template.Library()
