"""``make_ad`` and ``demo`` from the command line: what they write, what they refuse, and that Ctrl-C costs nothing."""

import json
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from billing import ledger
from billing.models import Hold, Lot, Organization
from creative import brand, workshop
from creative.management.bar import ProgressBar
from creative.management.commands import demo
from creative.management.summary import film_lines
from creative.models import Ad, Asset, Product
from creative.progress import AdProgress
from generation.models import RenderJob, Rendition
from generation.watch import Watch
from tests.creative.film_crew import Crew
from tests.creative.photos import jpeg
from tests.creative.shops import FACTS
from tests.creative.test_web_ads import LABEL

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database in memory knows no waiting: while the worker writes, nobody looks. On disk both go on at once."""
    monkeypatch.setattr(workshop, "LOOK_EVERY", 3600)


@pytest.fixture
def at_hand(tmp_path: Path) -> dict[str, str]:
    """A product.yaml and two photos on disk, and where the result shall go."""
    (tmp_path / "product.yaml").write_text(yaml.safe_dump(FACTS, allow_unicode=True))
    for seed in (1, 2):
        (tmp_path / f"{seed}.jpg").write_bytes(jpeg(seed=seed))
    return {"product": str(tmp_path / "product.yaml"), "out": str(tmp_path / "shelf" / "ad")}


def make_ad(at_hand: dict[str, str], *, images: list[str] | None = None, **options: object) -> str:
    folder = Path(at_hand["product"]).parent
    photos = images or [str(folder / "1.jpg"), str(folder / "2.jpg")]
    said = StringIO()
    given = [word for name, value in (at_hand | options).items() for word in (f"--{name}", str(value))]
    call_command("make_ad", *given, "--images", *photos, stdout=said, stderr=said)
    return said.getvalue()


def refusal(at_hand: dict[str, str], **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        make_ad(at_hand, **options)
    assert caught.value.returncode == 2
    assert not Path(at_hand["out"]).parent.exists()
    return str(caught.value)


def test_make_ad_writes_a_whole_folder(at_hand: dict[str, str], crew: Crew):
    said = make_ad(at_hand, aspects="9:16, 1:1", lang="en", seed=3)
    folder = Path(at_hand["out"])
    assert sorted(path.name for path in folder.iterdir()) == [
        "ad_1x1.ass",
        "ad_1x1.mp4",
        "ad_1x1.srt",
        "ad_1x1.vtt",
        "ad_9x16.ass",
        "ad_9x16.mp4",
        "ad_9x16.srt",
        "ad_9x16.vtt",
        "contact.jpg",
        "cover_9x16_douyin.jpg",
        "cover_9x16_reels.jpg",
        "manifest.json",
        "poster.jpg",
        "report.json",
        "script.txt",
    ]
    made = json.loads((folder / "manifest.json").read_text())
    assert (made["lang"], made["seed"]) == ("en", 3)
    assert made["outputs"][0]["width"] == 1080
    assert made["credits"]["held"] == made["credits"]["settled"] > 0
    assert f"ready: {made['credits']['held']} credits held, {made['credits']['settled']} settled" in said
    assert "已完成 ready" in said
    assert "排队中 in the queue" in said


def test_the_workshop_pays_with_a_grant_that_says_so(at_hand: dict[str, str], crew: Crew):
    make_ad(at_hand)
    shop = Organization.objects.get(members__user__username="workshop")
    ad = Ad.objects.of(shop).get()
    grant = Lot.objects.of(shop).get(kind=Lot.Kind.ADMIN)
    daily = sum(Lot.objects.of(shop).filter(kind=Lot.Kind.DAILY).values_list("amount", flat=True))
    assert grant.amount == ad.credits_quoted
    assert [line.reason for line in ledger.statement(shop) if line.kind == "grant" and line.reason] == [
        f"make_ad {ad.public_id}"
    ]
    assert ledger.balance(shop).available == daily
    assert ledger.audit() == []
    assert not Product.objects.of(shop).filter(archived_at=None).exists()


@pytest.mark.slow
def test_a_second_run_films_and_pays_nothing_again(at_hand: dict[str, str], crew: Crew):
    make_ad(at_hand)
    said = make_ad(at_hand)
    assert "filmed and paid before), 0 credits" in said
    assert set(crew.filmed.values()) == {1}
    assert crew.cut == {"9:16": 2}
    assert (
        Ad.objects.values("template_id").distinct().count() == 1
    )  # what the same hits teach again is the same version


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("category: [", "product.yaml: no valid YAML"),
        ("just words", "give a mapping with category, zh, en"),
        ("categry: x", "categry: unknown key: did you mean 'category'?"),
        (yaml.safe_dump(FACTS | {"price": "a lot"}), "price: write a number"),
    ],
)
def test_bad_facts_are_refused_by_file_and_reason(at_hand: dict[str, str], content: str, message: str):
    Path(at_hand["product"]).write_text(content)
    said = refusal(at_hand)
    assert message in said
    assert at_hand["product"] in said
    assert not Product.objects.exists()


def test_files_that_are_not_there_or_no_photos_are_refused(at_hand: dict[str, str], tmp_path: Path):
    assert "No such file" in refusal(at_hand, product=str(tmp_path / "none.yaml"))
    assert "none.jpg: No such file" in refusal(at_hand, images=[str(tmp_path / "none.jpg")])
    (tmp_path / "moving.gif").write_bytes(b"GIF89a")
    said = refusal(at_hand, images=[str(tmp_path / "1.jpg"), str(tmp_path / "moving.gif")])
    assert "moving.gif: it is not a photo" in said
    assert not Ad.objects.exists()
    assert not Product.objects.filter(archived_at=None).exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"aspects": "2:1"}, "no aspect '2:1'"),
        ({"seconds": 99}, "seconds must be 12 to 30"),
        ({"template": "tpl_x_zh_v1"}, "No such template"),
        ({"engine": "sora"}, "no engine 'sora'"),
        ({"engine": "wan2.2-ti2v-5b"}, "wan2.2-ti2v-5b has no weights yet: "),
    ],
)
def test_wishes_that_can_not_be_met_are_refused(at_hand: dict[str, str], options: dict[str, Any], message: str):
    assert message in refusal(at_hand, **options)
    assert not Hold.objects.exists()


def test_an_ad_that_fails_writes_nothing_and_returns_its_credits(at_hand: dict[str, str], crew: Crew):
    crew.spoil_cuts = {"9:16"}
    with pytest.raises(CommandError, match="the ad failed: .* the glue dried") as caught:
        make_ad(at_hand)
    assert caught.value.returncode == 1
    assert not Path(at_hand["out"]).parent.exists()
    assert not Hold.objects.filter(state=Hold.State.OPEN).exists()


@pytest.mark.slow
def test_ctrl_c_in_the_middle_of_a_shot_stops_it_and_returns_every_credit(
    at_hand: dict[str, str], crew: Crew, monkeypatch: pytest.MonkeyPatch
):
    rolling, called_off = threading.Event(), threading.Event()
    call_off, film = workshop._call_off, crew.film

    def slow_film(job: RenderJob, watch: Watch) -> None:
        rolling.set()
        called_off.wait(30)
        film(job, watch)

    def pressed(bar: object, now: AdProgress) -> None:
        if rolling.is_set():
            raise KeyboardInterrupt

    def call_off_and_tell(ad: Ad) -> None:
        call_off(ad)
        called_off.set()

    monkeypatch.setitem(workshop.queue.RUNNERS, "film", slow_film)
    monkeypatch.setattr(workshop, "LOOK_EVERY", 0.5)  # by then the worker waits in its first shot
    monkeypatch.setattr(workshop, "_call_off", call_off_and_tell)
    monkeypatch.setattr(ProgressBar, "show", pressed)
    with pytest.raises(CommandError, match="every credit was returned") as caught:
        make_ad(at_hand)
    assert caught.value.returncode == 130
    assert Ad.objects.get().state == Ad.State.CANCELLED
    assert crew.filmed == {}
    assert not Hold.objects.filter(state=Hold.State.OPEN).exists()
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert not Path(at_hand["out"]).parent.exists()


def test_trouble_in_the_work_is_raised_and_the_ad_called_off(at_hand: dict[str, str], crew: Crew, monkeypatch):
    def breaks(*args: object) -> None:
        raise RuntimeError("the roof fell in")

    monkeypatch.setattr(workshop.queue, "work_one", breaks)
    with pytest.raises(RuntimeError, match="the roof fell in"):
        make_ad(at_hand)
    assert Ad.objects.get().state == Ad.State.CANCELLED
    assert not Hold.objects.filter(state=Hold.State.OPEN).exists()


@pytest.fixture
def run_demo(tmp_path: Path, crew: Crew, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The demo without real filming, cutting and packing; the archive has tests of its own."""
    monkeypatch.setattr(demo, "write_hand_over", lambda ad, out: out.write_bytes(b"zip"))

    def run(**options: Any) -> str:
        said = StringIO()
        call_command("demo", stdout=said, stderr=said, out=tmp_path / "var" / "demo", **options)
        return said.getvalue()

    return run


@pytest.mark.slow
def test_the_demo_names_file_length_credits_and_what_to_try(run_demo: Callable[..., str], tmp_path: Path, crew: Crew):
    said = run_demo()
    folder = tmp_path / "var" / "demo" / "mug"
    for shape in ("9x16", "1x1", "16x9"):
        assert (folder / f"ad_{shape}.mp4").read_bytes() == b"film"
    assert crew.cut == {"9:16": 1, "1:1": 1, "16:9": 1}
    assert (folder / "cover_9x16_douyin.jpg").is_file()
    assert (folder / "hand_over.zip").read_bytes() == b"zip"
    ad = Ad.objects.get()
    captions = [item for item in ad.timeline["overlays"] if item["kind"] == "caption"]
    assert {item["style"] for item in captions} == {"word_box"}
    quoted = ad.credits_quoted
    assert quoted > 0
    for shape in ("9x16", "1x1", "16x9"):
        assert f"{folder / f'ad_{shape}.mp4'}   20." in said
    assert said.count("1/1 通过 passed, read back from the file") == 3
    assert "标识 labels    无 none" in said, "what nobody has read back must not be claimed"
    assert f"字幕 captions  {len(captions)}, 逐词点亮 Word box" in said
    assert "composed for it; " in said
    assert "片尾 end card  北杯随行杯" in said
    assert f"{folder / 'hand_over.zip'}   0.0 MB" in said
    assert f"{quoted} credits held, {quoted} settled" in said
    assert f"{660 - quoted} credits left on the gold plan of 木屿生活 Muyu Living" in said
    assert "make run" in said
    assert ad.template_id in said
    assert "12 条示例爆款" in said
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["template"]
    assert (told["id"], told["version"], len(told["members"])) == (ad.template_id, 1, 12)
    assert told["name"]["zh"].startswith("保温杯")
    assert {term["code"] for term in told["why"]} >= {"facts", "category"}
    assert Asset.objects.of(ad.organization).count() == 3
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["demo"]


@pytest.mark.slow
def test_a_demo_without_credits_says_so_and_writes_nothing(run_demo: Callable[..., str], tmp_path: Path):
    shop = demo.open_merchant()
    ledger.hold(shop, key="spent", amount=660)
    with pytest.raises(CommandError, match="needs .* credits and 0 are available"):
        run_demo()
    assert list((tmp_path / "var").iterdir()) == []


def test_the_summary_says_what_was_read_back_and_nothing_else(run_demo: Callable[..., str]):
    run_demo(aspects="9:16")
    Rendition.objects.update(
        checks={name: {"passed": name == "size", "measured": "1", "expected": "1"} for name in ("size", "loudness")},
        label=LABEL | {"c2pa": "not signed", "fits_douyin": "passed", "fits_reels": "failed: seconds 99, not 3..90"},
    )
    ((line, proof),) = film_lines(Ad.objects.get(), Path("out"))
    assert line.startswith("out/ad_9x16.mp4   20.")
    assert proof[0].startswith(
        "标识 labels    “AI生成” 从第一帧起 seen from the first frame for 3.0 s; AIGC 元数据 metadata "
    )
    assert proof[0].endswith("; C2PA not signed")
    assert "1/2 通过" in proof[1]
    assert proof[2] == ("平台 platforms Douyin; Instagram Reels 不收 does not take it: seconds 99, not 3..90")
    assert proof[3] == "封面 covers    2 个平台 platforms, 1 pictures"


def test_what_the_merchant_made_of_the_brand_kit_stays(run_demo: Callable[..., str]):
    brand.save_kit(demo.open_merchant(), {"caption_style": "karaoke"})
    run_demo(aspects="9:16")
    styles = {item["style"] for item in Ad.objects.get().timeline["overlays"] if item["kind"] == "caption"}
    assert styles == {"karaoke"}


@pytest.mark.slow
def test_the_second_demo_is_cut_anew_for_nothing(run_demo: Callable[..., str], tmp_path: Path, crew: Crew):
    run_demo()
    (tmp_path / "var" / "demo" / "old").write_text("")
    said = run_demo()
    assert "shots are filmed and paid already; the film is cut anew" in said
    assert "0 credits held, 0 settled (every shot was paid before: cutting is free)" in said
    assert crew.cut == {"9:16": 2, "1:1": 2, "16:9": 2}
    assert (
        Ad.objects.values("template_id").distinct().count() == 1
    )  # what the same hits teach again is the same version
    assert not (tmp_path / "var" / "demo" / "old").exists()
    assert Product.objects.count() == 1


@pytest.mark.slow
def test_the_demo_of_all_products_in_english(run_demo: Callable[..., str], tmp_path: Path):
    run_demo(all=True, lang="en", aspects="9:16,1:1")
    made = sorted(str(path.relative_to(tmp_path / "var" / "demo")) for path in (tmp_path / "var").rglob("*.mp4"))
    assert made == [f"{name}/ad_{shape}.mp4" for name in sorted(demo.ITEMS) for shape in ("1x1", "9x16")]
    assert Organization.objects.get(members__user__username="muyu-living").name == demo.MERCHANT


@pytest.mark.slow
@pytest.mark.usefixtures("real_subject_search")
def test_make_ad_for_real(tmp_path: Path):
    """Filmed, cut, labelled and checked by the real engine and renderer, at full size."""
    (tmp_path / "product.yaml").write_text(yaml.safe_dump(FACTS, allow_unicode=True))
    (tmp_path / "1.jpg").write_bytes(jpeg(1200, 900))
    at_hand = {"product": str(tmp_path / "product.yaml"), "out": str(tmp_path / "ad")}
    make_ad(at_hand, images=[str(tmp_path / "1.jpg")], seconds=12, aspects="9:16,1:1")
    made = json.loads((tmp_path / "ad" / "manifest.json").read_text())
    assert [(out["width"], out["height"], out["fps"]) for out in made["outputs"]] == [
        (1080, 1920, 30),
        (1080, 1080, 30),
    ]
    assert all(check["passed"] for out in made["outputs"] for check in out["checks"].values())
    assert {out["label"]["text"] for out in made["outputs"]} == {"AI生成"}
