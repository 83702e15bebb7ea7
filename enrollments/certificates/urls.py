"""Certificates."""

from django.urls import path

from enrollments.certificates.views import office, own, public, registering, sharing, signing

urlpatterns = [
    # /certificates/
    path("certificates/", own.certificates, name="certificates"),
    path("certificates/<int:pk>/pdf/", own.paper, name="certificate-pdf"),
    path("certificates/<int:pk>/name/", own.name, name="certificate-name"),
    path("certificates/<int:pk>/name/confirm/", own.confirm_name, name="certificate-confirm"),
    path("certificates/<int:pk>/share/", sharing.share_page, name="certificate-share"),
    # /shared/
    path("shared/<str:token>/", sharing.shared, name="shared"),
    path("shared/<str:token>/pdf/", sharing.shared_paper, name="shared-pdf"),
    # /verify/
    path("verify/", public.verify_form, name="verify-form"),
    path("verify/<str:public_id>/", public.verify, name="verify"),
    # /signing/
    path("signing/", signing.queue, name="signing"),
    path("signing/sign/", signing.sign, name="signing-sign"),
    path("signing/code/", signing.code, name="signing-code"),
    path("signing/identity/", signing.identity, name="signing-identity"),
    path("signing/<int:pk>/", signing.sample, name="signing-sample"),
    path("signing/<int:pk>/refuse/", signing.refuse, name="signing-refuse"),
    # /office/certificates/
    path("office/certificates/", office.certificates, name="office-certificates"),
    path("office/certificates/<int:pk>/", office.certificate, name="office-certificate"),
    path("office/certificates/<int:pk>/again/", office.again, name="certificate-again"),
    path("office/certificates/<int:pk>/revoke/", office.take_back, name="certificate-revoke"),
    path("office/certificates/cohorts/<int:cohort_id>/codes/", registering.codes, name="office-codes"),
    path("office/certificates/corrections/<int:pk>/", office.correction, name="office-correction"),
]
