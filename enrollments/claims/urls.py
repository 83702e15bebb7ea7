"""/me/claims/ /office/claims/ /claims/evidence/"""

from django.urls import path

from enrollments.claims.views import files, importing, mine, office

urlpatterns = [
    path("me/claims/", mine.claims, name="claims"),
    path("me/claims/new/", mine.new, name="claim-new"),
    path("me/claims/<int:pk>/", mine.claim, name="claim"),
    path("me/claims/<int:pk>/edit/", mine.edit, name="claim-edit"),
    path("me/claims/<int:pk>/send/", mine.send, name="claim-send"),
    path("me/claims/<int:pk>/withdraw/", mine.withdraw, name="claim-withdraw"),
    path("me/claims/drafts/", files.bare, {"office": False}, name="claims-bare"),
    path("claims/<int:pk>/evidence/", files.add, name="claim-evidence"),
    path("claims/evidence/<uuid:uid>/", files.evidence, name="evidence"),
    path("claims/evidence/<uuid:uid>/remove/", files.remove, name="evidence-remove"),
    path("me/claims/import/", importing.upload, {"office": False}, name="claims-import"),
    path("me/claims/import/blank/", importing.blank, {"office": False}, name="claims-blank"),
    path("me/claims/import/<uuid:uid>/", importing.review, {"office": False}, name="claims-review"),
    path("me/claims/import/<uuid:uid>/confirm/", importing.confirm, {"office": False}, name="claims-confirm"),
    path("office/claims/", office.desk, name="office-claims"),
    path("office/claims/<int:pk>/", office.claim, name="office-claim"),
    path("office/claims/<int:pk>/take-back/", office.take_back, name="office-claim-take-back"),
    path("office/claims/drafts/", files.bare, {"office": True}, name="office-claims-bare"),
    path("office/claims/import/", importing.upload, {"office": True}, name="office-claims-import"),
    path("office/claims/import/blank/", importing.blank, {"office": True}, name="office-claims-blank"),
    path("office/claims/import/<uuid:uid>/", importing.review, {"office": True}, name="office-claims-review"),
    path("office/claims/import/<uuid:uid>/confirm/", importing.confirm, {"office": True}, name="office-claims-confirm"),
]
