"""X.509: a root, what it issues, and its list of revoked certificates (RFC 5280). Keys are ECDSA on P-256."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEARS = timedelta(days=365 * 20)


@dataclass(frozen=True)
class Issued:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True)
class Pen:
    """Who signs, who stamps the time, and their common root with its revocation list (DER)."""

    signer: Issued
    stamper: Issued
    root: Issued
    crl: bytes


def new_root(name: str, organisation: str, *, now: datetime) -> Issued:
    """A self-signed root for twenty years that may issue end certificates only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name, organisation)
    return Issued(
        _builder(subject, subject, key, now, now + YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256()),
        key,
    )


def issue(root: Issued, name: str, organisation: str, *, now: datetime, stamps_time: bool = False) -> Issued:
    """A certificate for signing papers, or for stamping times (RFC 3161 §2.3), as long as its root."""
    key = ec.generate_private_key(ec.SECP256R1())
    built = (
        _builder(_name(name, organisation), root.certificate.subject, key, now, root.certificate.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=not stamps_time), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
    )
    if stamps_time:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Issued(built.sign(root.key, hashes.SHA256()), key)


def revocation_list(root: Issued, *, at: datetime, revoked: tuple[int, ...] = ()) -> bytes:
    """The root's CRL (DER) of that moment, good for thirty days; `revoked` are serial numbers."""
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(at)
        .next_update(at + timedelta(days=30))
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
    )
    for serial in revoked:
        built = built.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        )
    return built.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _name(name: str, organisation: str) -> x509.Name:
    """X.520 allows 64 characters each."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Machines' clocks differ by a little.
        .not_valid_before(start.astimezone(UTC) - timedelta(hours=1))
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
