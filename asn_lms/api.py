"""`/api/v1/`: the REST door. Knows everybody, decides nothing: each area's `api.py` brings its router."""

from ninja import NinjaAPI

api = NinjaAPI(title="ASN LMS", version="1", urls_namespace="api", openapi_url="/openapi.json", docs_url=None)
