"""The web server's door."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
application = get_wsgi_application()
# Every page's code is loaded now, not by the first visitor; and what stays for good is not looked through for garbage again.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
