"""PAdES B-LT (ETSI EN 319 142-1) with keys that are at hand, by pyHanko; nothing is asked of any network.

The paper gets one invisible signature over all of it, with a time stamp (RFC 3161) of a stamper in this process. What a
later reader needs (certificates, revocation list) is written before the signature and so lies under it: nothing comes
after, and the signature covers the whole file, which stays PDF/A and tagged as it was.
"""

import io
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from asn1crypto import algos, cms, core, crl, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.general import SigningError, as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import get_nonce
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from enrollments.signing.certs import Issued, Pen

Built = TypeVar("Built", bound=core.Asn1Value)
FIELD = "TandaTangan"
# Room for the signature, in hexadecimal digits: its certificates, the time stamp and some to spare. A dry run to measure
# it would cost a third of the whole work.
ROOM = 2 * 6144
# What the stamper promises: nothing. An arc made from a UUID (X.667), nobody's.
SAMPLE_POLICY = "2.25.291463215478109423690341284710239587364"


class CannotSign(Exception):
    """This PDF cannot be signed: not a PDF, damaged, or locked."""


def sign(pen: Pen, pdf: bytes, *, reason: str, place: str, url: str) -> bytes:
    """The signed paper: the same bytes, and the signature after them. Raises CannotSign."""
    root, stamper, signer = (x509.Certificate.load(one.der) for one in (pen.root, pen.stamper, pen.signer))
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason or None,
        location=place or None,
        contact_info=url or None,
        embed_validation_info=True,
        validation_context=ValidationContext(
            trust_roots=[root],
            other_certs=[stamper, signer],
            crls=[crl.CertificateList.load(pen.crl)],
            allow_fetching=False,
            revocation_mode="require",
        ),
        # Otherwise poppler says "not total document signed": what comes after the signature is not under it.
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
    )
    # Outside the page, so that it needs no place in the structure of a tagged paper.
    field = fields.SigFieldSpec(
        FIELD, invis_sig_settings=fields.InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
    )
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        if writer.prev.encrypted or writer.prev.embedded_signatures:
            raise CannotSign
        hand = _KeySigner(signer, pen.signer.key, [root, stamper])
        signed = PdfSigner(meta, hand, timestamper=_stamper(pen.stamper), new_field_spec=field).sign_pdf(
            writer, bytes_reserved=ROOM
        )
    # A damaged paper breaks the reader in ways that nobody can list; the keys are known to be good.
    except (
        PdfError,
        SigningError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ):
        raise CannotSign from None
    return bytes(signed.getbuffer())


class _KeySigner(Signer):
    """pyHanko's own loads the key anew for each signature, which takes longer than signing."""

    def __init__(
        self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, others: list[x509.Certificate]
    ) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(others)
        self.key = key
        super().__init__(signing_cert=certificate, cert_registry=store)
        self.signed_attr_prov_spec = _SignedAttributes(certificate)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    async def signed_attrs(self, *args: Any, **kwargs: Any) -> cms.CMSAttributes:
        return _encoded(await super().signed_attrs(*args, **kwargs))


class _SignedAttributes(SignedAttributeProviderSpec):
    """What PAdES wants signed beside the content's type and digest (EN 319 142-1 §6.3): whose certificate it is."""

    def __init__(self, certificate: x509.Certificate) -> None:
        self.certificate = certificate

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> list[CMSAttributeProvider]:
        return [_SigningCertificate(self.certificate)]


class _SigningCertificate(CMSAttributeProvider):
    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate: x509.Certificate) -> None:
        self.certificate = certificate

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:
        return _identified(self.certificate.dump())


class _KeyStamper(TimeStamper):
    """A time-stamp authority in this process."""

    def __init__(self, issued: Issued) -> None:
        super().__init__()
        self.key = issued.key
        certificate = x509.Certificate.load(issued.der)
        self.name = _encoded(x509.GeneralName(name="directory_name", value=certificate.subject))
        self.digest = _encoded(algos.DigestAlgorithm({"algorithm": "sha256"}))
        self.says = [
            _encoded(simple_cms_attribute("content_type", "tst_info")),
            simple_cms_attribute("signing_certificate_v2", _identified(issued.der)),
        ]
        # What is the same in every token; the rest is set for each.
        self.signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": _encoded(
                        cms.IssuerAndSerialNumber(
                            {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                        )
                    )
                }
            ),
            "digest_algorithm": self.digest,
            "signature_algorithm": _encoded(algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})),
        }
        self.certificates = _encoded(cms.CertificateSet([certificate]))

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": SAMPLE_POLICY,
                "message_imprint": req["message_imprint"],
                "serial_number": get_nonce(),
                "gen_time": datetime.now(UTC).replace(microsecond=0),
                "nonce": req["nonce"],
                "tsa": self.name,
            }
        ).dump()
        digest = hashes.Hash(hashes.SHA256())
        digest.update(info)
        attributes = _encoded(
            cms.CMSAttributes([*self.says, simple_cms_attribute("message_digest", digest.finalize())])
        )
        signature = self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        signer = cms.SignerInfo({**self.signer, "signed_attrs": attributes, "signature": signature})
        token = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [self.digest],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
                "certificates": self.certificates,
                "signer_infos": [_encoded(signer)],
            }
        )
        return _encoded(
            tsp.TimeStampResp(
                {
                    "status": tsp.PKIStatusInfo({"status": "granted"}),
                    "time_stamp_token": cms.ContentInfo({"content_type": "signed_data", "content": _encoded(token)}),
                }
            )
        )


@lru_cache(maxsize=64)
def _identified(certificate: bytes) -> tsp.SigningCertificateV2:
    """A certificate's fingerprint and number (RFC 5035)."""
    return _encoded(as_signing_certificate_v2(x509.Certificate.load(certificate)))


def _encoded(built: Built) -> Built:
    """The same value as one that was read: asn1crypto encodes what was built anew at each look, and copies what was read."""
    read = type(built).load(built.dump())
    assert isinstance(read, type(built))
    return read


@lru_cache(maxsize=4)
def _stamper(issued: Issued) -> _KeyStamper:
    """pyHanko has each stamper stamp once for nothing, to see its certificates."""
    return _KeyStamper(issued)
