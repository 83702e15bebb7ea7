#!/usr/bin/env python
"""Django's command line for ASN LMS; without DATABASE_URL the embedded services run as long as the command needs them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
    from django.core.management import execute_from_command_line

    from asn_lms import embedded

    if embedded.is_needed_by(sys.argv):
        embedded.ensure(embedded.default_data_dir())
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
