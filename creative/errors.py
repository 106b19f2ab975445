"""What can go wrong at the merchant's desk. Every message says what to do, in Chinese and in English.

CreativeError
    NotFound             404  not there, or not yours
    BriefRefused         422  the order form asks for something that cannot be made
    FactsRefused         422  fields of a product are wrong, all of them named
    ProductIncomplete    422  the facts in that language are missing
    NoPhotos             422  an ad needs at least one photo
    NoTemplateFits       422  no script template can be filled with these facts
    UploadRefused        422  one file was not accepted; the others are kept
    BrandRefused         422  a brand kit or a piece of music that cannot be used as it is
    NoFileTaken          422  an upload of which no file could be accepted
    PlanTooSmall         403  the membership does not include this
    AdNotOrderable       409  the ad is no longer a draft
    AdNotCancellable     409  the ad has already ended
    AdNotReady           409  only a ready ad can have a shot filmed anew, or be published
    RecutRefused         422  an order of shots that cannot be cut
    PublicationRefused   422  where an ad was published can not be as it is noted
    ReportRefused        422  a report of results contradicts itself, or its numbers can not be
    UnknownAds           422  a report speaks of ads that are not yours (``unknown``)
    ScriptLocked         409  the script of this ad can not be edited (any more)
    ScriptConflict       409  somebody else saved another version meanwhile (``version``)
    ScriptRefused        422  lines that may not be said, or do not fit (``problems``)
    WebhookRefused       422  an endpoint that cannot be, or is switched off
    KeyConflict          409  an Idempotency-Key is in use, or was used for something else
"""

from collections.abc import Sequence

from creative.domain.product import FactsInvalid


class CreativeError(Exception):
    """Base: ``code`` is stable for programs, ``status`` the HTTP status, ``zh`` and ``en`` are for people."""

    code = "creative_error"
    status = 400

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    @property
    def detail(self) -> str:
        return self.en

    def extra(self) -> dict[str, object]:
        """What a problem answer carries beside the code and the English detail."""
        return {"detail_zh": self.zh}


class NotFound(CreativeError):
    code = "not_found"
    status = 404

    def __init__(self, what_zh: str = "内容", what_en: str = "item") -> None:
        super().__init__(f"找不到这个{what_zh}：请检查链接或编号。", f"No such {what_en}: check the id.")


class BriefRefused(CreativeError):
    code = "brief_refused"
    status = 422


class FactsRefused(CreativeError):
    """``problems``: every wrong field, each with its path, such as ``zh.selling_points.2``."""

    code = "facts_invalid"
    status = 422

    def __init__(self, invalid: FactsInvalid) -> None:
        super().__init__(invalid.zh, invalid.en)
        self.problems = invalid.problems

    def extra(self) -> dict[str, object]:
        errors = [{"path": found.path, "detail": found.en, "detail_zh": found.zh} for found in self.problems]
        return super().extra() | {"errors": errors}


class ProductIncomplete(CreativeError):
    code = "product_incomplete"
    status = 422


class NoPhotos(CreativeError):
    code = "no_photos"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            "这个商品还没有照片：请先上传至少一张。", "This product has no photo: upload at least one first."
        )


class NoTemplateFits(CreativeError):
    """``reasons``: what is missing, one (zh, en) pair each."""

    code = "no_template_fits"
    status = 422

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        zh = "；".join(reason[0] for reason in self.reasons) or "没有这种语言的模板"
        en = "; ".join(reason[1] for reason in self.reasons) or "there is no template in this language"
        super().__init__(f"没有合适的脚本模板：{zh}。", f"No script template fits: {en}.")

    def extra(self) -> dict[str, object]:
        return super().extra() | {"reasons": [{"detail": en, "detail_zh": zh} for zh, en in self.reasons]}


class UploadRefused(CreativeError):
    """One file of an upload. ``reason`` is the code of what is wrong with it, such as ``animated``."""

    code = "upload_refused"
    status = 422

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.reason = reason


class BrandRefused(CreativeError):
    """``field``: the name of the field that it is about, "" for the whole."""

    code = "brand_refused"
    status = 422

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.field = field

    def extra(self) -> dict[str, object]:
        return super().extra() | {"field": self.field}


class NoFileTaken(CreativeError):
    """A whole upload of which nothing was usable; ``refused`` says why, file by file."""

    code = "upload_refused"
    status = 422

    def __init__(self, refused: Sequence[dict[str, str]], zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.refused = list(refused)

    def extra(self) -> dict[str, object]:
        return super().extra() | {"refused": self.refused}


class PlanTooSmall(CreativeError):
    code = "plan_too_small"
    status = 403


class AdNotOrderable(CreativeError):
    code = "ad_not_orderable"
    status = 409


class AdNotCancellable(CreativeError):
    code = "ad_not_cancellable"
    status = 409


class AdNotReady(CreativeError):
    code = "ad_not_ready"
    status = 409


class RecutRefused(CreativeError):
    code = "recut_refused"
    status = 422


class PublicationRefused(CreativeError):
    code = "publication_refused"
    status = 422


class ReportRefused(CreativeError):
    code = "report_refused"
    status = 422


class UnknownAds(CreativeError):
    """``unknown``: the names of a report that are no ad of the reporter. Nothing of the report was kept."""

    code = "unknown_ads"
    status = 422

    def __init__(self, unknown: Sequence[str]) -> None:
        self.unknown = tuple(unknown)
        shown = "、".join(name or "（空）" for name in self.unknown[:5])
        super().__init__(
            f"{len(self.unknown)} 个编号不是你的广告：{shown}。编号一栏填广告编号（ad_ 开头），或先在广告页记下平台的作品编号。",
            f"{len(self.unknown)} of the ids are no ad of yours: {', '.join(name or '(empty)' for name in self.unknown[:5])}. "
            "Give the ad's id (ad_...), or note the platform's own id on the ad first.",
        )

    def extra(self) -> dict[str, object]:
        return super().extra() | {"unknown": list(self.unknown[:100])}


class ScriptLocked(CreativeError):
    code = "script_locked"
    status = 409


class ScriptConflict(CreativeError):
    """``version``: the one that is there now."""

    code = "script_conflict"
    status = 409

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            "台词在你打开之后被人改过了，你的修改还没有保存。请对照新的台词，再保存一次。",
            "the script was changed after you opened it, and your lines were not saved. Read version "
            f"{version} and save again on top of it.",
        )

    def extra(self) -> dict[str, object]:
        return super().extra() | {"version": self.version}


class ScriptRefused(CreativeError):
    """``problems``: (beat from 0, or None for the end card or the whole ad; zh; en) of everything that stands in the way."""

    code = "script_refused"
    status = 422

    def __init__(self, problems: Sequence[tuple[int | None, str, str]]) -> None:
        self.problems = tuple(problems)
        zh = "；".join(f"第 {at + 1} 句：{zh}" if at is not None else zh for at, zh, _ in self.problems)
        en = "; ".join(f"line {at + 1}: {en}" if at is not None else en for at, _, en in self.problems)
        super().__init__(f"没有保存，什么都没有改动。{zh}。", f"nothing was saved. {en}.")

    def extra(self) -> dict[str, object]:
        errors = [{"beat": at, "detail": en, "detail_zh": zh} for at, zh, en in self.problems]
        return super().extra() | {"errors": errors}


class WebhookRefused(CreativeError):
    code = "webhook_refused"
    status = 422


class KeyConflict(CreativeError):
    """``code`` is ``idempotency_key_reused`` or ``idempotency_key_in_flight`` (409), or ``..._invalid`` (400)."""

    def __init__(self, code: str, status: int, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.code = code
        self.status = status
