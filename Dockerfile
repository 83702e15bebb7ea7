# One image for web, worker and clock; the commands are those of `make run` (asn_lms/serve.py).
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/app/.venv/bin:$PATH
RUN apt-get update && apt-get install -y --no-install-recommends make curl && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home asn && install -d -o asn -g asn /app /data
USER asn
WORKDIR /app
COPY --chown=asn:asn Makefile package.json package-lock.json requirements*.txt requirements-setup.in ./
COPY --chown=asn:asn .ci .ci
COPY --chown=asn:asn asn_lms asn_lms
COPY --chown=asn:asn enrollments/badges/checker enrollments/badges/checker
RUN make setup
COPY --chown=asn:asn . .
RUN python -m asn_lms.messages compile
ENV DATA_DIR=/data BIND=0.0.0.0
EXPOSE 8000
CMD ["python", "-m", "asn_lms.serve", "web"]
