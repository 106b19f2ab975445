"""The C2PA signature: our own certificate says who made the file, and a hash over its bytes that nobody changed it since.

Content Credentials (C2PA specification 2.x) by the package c2pa-python. Optional: without ``C2PA_CERT`` and ``C2PA_KEY``
nothing is signed and the facts say so; with them, a file that cannot be signed and verified is not delivered. It is the last
step that writes: whatever touches the file afterwards breaks the hash. No network: a time stamp would need a server
(RFC 3161), and we ask none; neither are manifests or revocation lists of strangers' files fetched.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from generation.errors import CutRefused, DeliverableRefused

# IPTC: pictures composed of real ones and of a trained model's.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
GOOD = ("Valid", "Trusted")  # "Valid": everything holds, but our list of trusted issuers does not name this one
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Certificate:
    """``chain``: PEM, the signer's own certificate first; ``key``: its private key, PEM without a password."""

    chain: bytes
    key: bytes
    algorithm: str


@dataclass(frozen=True)
class Signature:
    """What a file's manifest says, once verified. ``trusted``: its issuer is on the list of trust of this machine."""

    valid: bool
    trusted: bool
    signer: str
    troubles: tuple[str, ...]


def certificate_of_settings() -> Certificate | None:
    """From the files that ``C2PA_CERT`` and ``C2PA_KEY`` name; None without them. Raises ``CutRefused``."""
    chain, key = (str(getattr(settings, name, "") or "") for name in ("C2PA_CERT", "C2PA_KEY"))
    if not chain and not key:
        return None
    if not chain or not key:
        raise CutRefused("C2PA: set both C2PA_CERT and C2PA_KEY (paths of PEM files), or neither")
    try:
        return certificate(Path(chain).read_bytes(), Path(key).read_bytes())
    except OSError as error:
        raise CutRefused(f"C2PA: {error.filename} cannot be read ({error.strerror}): check the path") from error


def certificate(chain: bytes, key: bytes) -> Certificate:
    """Raises ``CutRefused`` for a key that C2PA does not allow."""
    try:
        private = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise CutRefused("C2PA_KEY is no PEM private key without a password") from error
    algorithm = None
    if isinstance(private, ec.EllipticCurvePrivateKey):
        algorithm = _CURVES.get(private.curve.name)
    elif isinstance(private, ed25519.Ed25519PrivateKey):
        algorithm = "ed25519"
    elif isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048:
        algorithm = "ps256"
    if algorithm is None:
        raise CutRefused("C2PA_KEY: use an elliptic curve (P-256, P-384, P-521), Ed25519, or RSA of at least 2048 bits")
    return Certificate(chain, key, algorithm)


def sign(video: Path, holder: Certificate, title: str) -> None:
    """Put a signed file in the place of ``video``, whole or not at all. Raises ``DeliverableRefused``."""
    c2pa = _package()
    signed = video.with_name(f".{video.stem}-{secrets.token_hex(4)}{video.suffix}")
    try:
        details = c2pa.C2paSignerInfo(holder.algorithm, holder.chain, holder.key, None)
        with c2pa.Signer.from_info(details) as signer, c2pa.Builder(_manifest(title), _context(c2pa)) as builder:
            builder.sign_file(video, signed, signer)
        signed.replace(video)
    except c2pa.C2paError as error:
        raise DeliverableRefused(
            f"the film cannot be signed with C2PA_CERT ({error}): check certificate and key"
        ) from error
    finally:
        signed.unlink(missing_ok=True)


def read_signature(video: Path) -> Signature | None:
    """The verified signature of the bytes, None where there is none. A broken one is returned as not valid."""
    c2pa = _package()
    try:
        with video.open("rb") as stream, c2pa.Reader("video/mp4", stream, context=_context(c2pa)) as reader:
            state, found = reader.get_validation_state(), json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as error:
        return Signature(valid=False, trusted=False, signer="", troubles=(str(error),))
    manifest = found["manifests"].get(found.get("active_manifest"), {})
    signer = manifest.get("signature_info", {})
    troubles = tuple(item["code"] for item in found.get("validation_status", []))
    name = signer.get("common_name") or signer.get("issuer") or ""
    return Signature(valid=state in GOOD, trusted=state == "Trusted", signer=name, troubles=troubles)


def can_read() -> bool:
    """Whether the optional package is there."""
    try:
        _package()
    except CutRefused:
        return False
    return True


def _manifest(title: str) -> dict[str, object]:
    action = {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE}
    return {
        "claim_generator_info": [{"name": "Hitsmith"}],
        "title": title,
        "format": "video/mp4",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }


def _context(c2pa: Any) -> Any:
    return c2pa.Context(c2pa.Settings.from_dict(OFFLINE))


def _package() -> Any:
    try:
        import c2pa
    except ImportError as error:
        raise CutRefused("C2PA: the package c2pa-python is not installed; install it, or unset C2PA_CERT") from error
    return c2pa
