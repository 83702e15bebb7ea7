"""ASN LMS: the project of the three apps."""

from asn_lms.celery import app as celery_app

__all__ = ["celery_app"]
