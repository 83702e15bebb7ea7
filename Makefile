# The doors of ASN LMS. A bare machine needs make and Python 3.11, nothing else.
VENV ?= .venv
PYTHON = $(VENV)/bin/python

.PHONY: messages

messages:  ## gather the sentences of the source into locale/id
	$(PYTHON) -m asn_lms.messages extract
