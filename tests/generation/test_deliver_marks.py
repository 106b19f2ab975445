"""Marks of generated content on delivered films: the signature, the hook for another mark, platforms that must take a film."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pytest_django import Settings

from generation.deliver.aigc import read_aigc
from generation.deliver.deliver import Delivered, deliver, deliver_many
from generation.deliver.marks import AigcMetadata, Facts, Kind, lay_all, prove_all
from generation.deliver.signing import Certificate, certificate, certificate_of_settings, read_signature, sign
from generation.domain.cut_order import ClipFile
from generation.domain.timeline import TimelineShot
from generation.errors import CutRefused, DeliverableRefused
from generation.watch import NullWatch
from tests.generation.finished import AIGC, finished
from tests.generation.footage import SMALL, small_order, small_timeline
from tests.generation.signers import SIGNER, chain_and_key

SHORT = replace(
    small_timeline(),
    shots=(TimelineShot("a", "hook", "c" * 64, 0, 40), TimelineShot("b", "reveal", "b" * 64, 4, 40)),
    overlays=(),
    music=None,
)


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("finished") / "ad.mp4", SMALL)


@pytest.fixture(scope="module")
def holder() -> Certificate:
    return certificate(*chain_and_key())


@pytest.fixture
def signing(tmp_path: Path, settings: Settings, holder: Certificate) -> Settings:
    for name, content in (("C2PA_CERT", holder.chain), ("C2PA_KEY", holder.key)):
        (tmp_path / name).write_bytes(content)
        setattr(settings, name, str(tmp_path / name))
    return settings


def cut(clips: Mapping[str, ClipFile], workdir: Path, **options: object) -> Delivered:
    return deliver(small_order(timeline=SHORT), clips, {}, workdir, NullWatch(), **options)  # type: ignore[arg-type]


# --- the signature ---------------------------------------------------------------------------------------------------


def test_a_film_is_signed_with_our_certificate_and_keeps_its_other_marks(
    clips: Mapping[str, ClipFile], workdir: Path, signing: Settings
) -> None:
    made = cut(clips, workdir)
    assert made.label["c2pa"] == "signed"
    assert made.label["c2pa_signer"] == SIGNER
    assert made.label["c2pa_trusted"] is False  # nobody's list names a test certificate
    assert made.label["marks"] == "visible AI label, AIGC metadata, C2PA signature"
    assert made.label["double_marked"] is True
    found = read_signature(made.video)
    assert found is not None
    assert (found.valid, found.signer) == (True, SIGNER)
    assert read_aigc(made.video)["ProduceID"] == "ad_0123456789"
    assert sorted(path.name for path in workdir.iterdir()) == ["ad.mp4", "contact.jpg", "poster.jpg"]
    assert made.checks["index before data"]["passed"]


@pytest.mark.slow
def test_without_a_certificate_nothing_is_signed_and_the_facts_say_so(
    clips: Mapping[str, ClipFile], workdir: Path
) -> None:
    made = cut(clips, workdir)
    assert made.label["c2pa"] == "not signed: no certificate is set"
    assert made.label["marks"] == "visible AI label, AIGC metadata"
    assert made.label["double_marked"] is True
    assert read_signature(made.video) is None


def test_a_certificate_that_cannot_sign_is_refused_and_leaves_nothing(
    clips: Mapping[str, ClipFile], workdir: Path, signing: Settings, tmp_path: Path
) -> None:
    (tmp_path / "C2PA_CERT").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(DeliverableRefused, match="cannot be signed with C2PA_CERT"):
        cut(clips, workdir)
    assert list(workdir.iterdir()) == []


def test_a_certificate_of_another_key_is_refused(film: Path, tmp_path: Path, holder: Certificate) -> None:
    path = tmp_path / "alone" / "ad.mp4"
    path.parent.mkdir()
    path.write_bytes(film.read_bytes())
    other = certificate(holder.chain, chain_and_key()[1])
    try:
        sign(path, other, "ad_1")
    except DeliverableRefused:
        assert path.read_bytes() == film.read_bytes()
    else:
        found = read_signature(path)
        assert found is not None
        assert not found.valid
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"C2PA_KEY": ""}, "set both C2PA_CERT and C2PA_KEY"),
        ({"C2PA_CERT": ""}, "set both C2PA_CERT and C2PA_KEY"),
        ({"C2PA_CERT": "/nowhere/cert.pem"}, "/nowhere/cert.pem cannot be read"),
    ],
)
def test_half_settings_are_refused_before_any_work(
    changes: dict[str, str], message: str, clips: Mapping[str, ClipFile], workdir: Path, signing: Settings
) -> None:
    for name, value in changes.items():
        setattr(signing, name, value)
    with pytest.raises(CutRefused, match=message):
        cut(clips, workdir)
    assert list(workdir.iterdir()) == []


def pem(key: object) -> bytes:
    return key.private_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_the_algorithm_follows_the_key() -> None:
    assert certificate(b"", pem(ec.generate_private_key(ec.SECP256R1()))).algorithm == "es256"
    assert certificate(b"", pem(ec.generate_private_key(ec.SECP384R1()))).algorithm == "es384"
    assert certificate(b"", pem(ed25519.Ed25519PrivateKey.generate())).algorithm == "ed25519"
    assert certificate(b"", pem(rsa.generate_private_key(65537, 2048))).algorithm == "ps256"
    with pytest.raises(CutRefused, match="elliptic curve"):
        certificate(b"", pem(ec.generate_private_key(ec.SECP256K1())))
    with pytest.raises(CutRefused, match="no PEM private key"):
        certificate(b"", b"no key")


def test_no_settings_mean_no_certificate(settings: Settings) -> None:
    settings.C2PA_CERT = settings.C2PA_KEY = ""
    assert certificate_of_settings() is None


def test_a_missing_package_is_told_not_passed_over(
    clips: Mapping[str, ClipFile], workdir: Path, signing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "c2pa":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CutRefused, match="c2pa-python is not installed"):
        cut(clips, workdir)
    assert list(workdir.iterdir()) == []


# --- the hook --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trailer:
    """A mark that adds a free box to the end of the file."""

    text: bytes
    spoils: bool = False
    name: str = "trailer"
    kind: Kind = Kind.MACHINE_READABLE

    def lay(self, video: Path) -> None:
        data = video.read_bytes()
        if self.spoils:
            data = data.replace(b"AIGC", b"XXXX")
        box = b"free" + self.text
        video.write_bytes(data + (len(box) + 4).to_bytes(4, "big") + box)

    def prove(self, video: Path) -> Facts:
        if not video.read_bytes().endswith(self.text):
            raise DeliverableRefused("the trailer is gone")
        return {"trailer": self.text.decode()}


@pytest.mark.slow
def test_another_mark_is_laid_before_the_signature_and_proved(
    clips: Mapping[str, ClipFile], workdir: Path, signing: Settings
) -> None:
    made = cut(clips, workdir, more_marks=(Trailer(b"made by a model"),))
    assert made.label["marks"] == "visible AI label, AIGC metadata, trailer, C2PA signature"
    found = read_signature(made.video)
    assert found is not None
    assert found.valid


def test_a_mark_that_spoils_another_is_found_out(clips: Mapping[str, ClipFile], workdir: Path) -> None:
    with pytest.raises(DeliverableRefused, match="0 AIGC labels"):
        cut(clips, workdir, more_marks=(Trailer(b"x", spoils=True),))
    assert list(workdir.iterdir()) == []


def test_both_kinds_of_mark_are_needed(film: Path) -> None:
    only = (AigcMetadata(AIGC),)
    lay_all(only, film)
    with pytest.raises(DeliverableRefused, match="no visible mark"):
        prove_all(only, film)
    with pytest.raises(DeliverableRefused, match="not the one that was written"):
        AigcMetadata(AIGC.replace("abc", "abd")).prove(film)


# --- platforms and several shapes ------------------------------------------------------------------------------------


def test_each_platform_of_the_shape_is_told(clips: Mapping[str, ClipFile], workdir: Path) -> None:
    made = cut(clips, workdir)
    assert made.label["fits_tiktok"] == "failed: size 216x384, not at least 540x960"
    assert "fits_amazon" not in made.label


def test_a_platform_that_must_take_the_film_refuses_it(clips: Mapping[str, ClipFile], workdir: Path) -> None:
    with pytest.raises(DeliverableRefused, match="TikTok does not take this film: failed: size 216x384"):
        cut(clips, workdir, wanted=("tiktok",))
    assert list(workdir.iterdir()) == []
    with pytest.raises(CutRefused, match="no figures of a platform 'moon'"):
        cut(clips, workdir, wanted=("moon",))


@pytest.mark.slow
def test_several_shapes_of_one_pass_are_the_same_films(clips: Mapping[str, ClipFile], workdir: Path) -> None:
    (workdir / "many").mkdir()
    many = deliver_many(small_order(timeline=SHORT), ("9:16", "1:1"), clips, {}, workdir / "many", NullWatch())
    assert list(many) == ["9:16", "1:1"]
    alone = cut(clips, workdir)
    assert many["9:16"].sha256 == alone.sha256
    assert many["9:16"].poster.read_bytes() == alone.poster.read_bytes()
    square = deliver(small_order(timeline=SHORT, aspect="1:1"), clips, {}, workdir, NullWatch())
    assert many["1:1"].sha256 == square.sha256
    assert many["1:1"].label == square.label
    assert many["1:1"].video == workdir / "many" / "1x1" / "ad.mp4"


@pytest.mark.slow
def test_one_bad_shape_leaves_none(clips: Mapping[str, ClipFile], workdir: Path) -> None:
    with pytest.raises(DeliverableRefused):
        deliver_many(
            small_order(timeline=SHORT), ("1:1", "9:16"), clips, {}, workdir, NullWatch(), wanted=("kuaishou",)
        )
    assert list(workdir.iterdir()) == []
    for aspects in ((), ("1:1", "1:1")):
        with pytest.raises(CutRefused, match="name each one once"):
            deliver_many(small_order(timeline=SHORT), aspects, clips, {}, workdir, NullWatch())
    with pytest.raises(CutRefused, match="2:1"):
        deliver_many(small_order(timeline=SHORT), ("1:1", "2:1"), clips, {}, workdir, NullWatch())
    assert list(workdir.iterdir()) == []
