"""The form of a product's facts: it only carries lines of text to ``parse_product``, which holds the rules."""

from collections.abc import Iterator

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creative.domain.fields import Problem
from creative.domain.product import CURRENCIES, FactsInvalid, ProductDraft, TextDraft, parse_product
from creative.web import words
from creative.web.facts_words import COMMON, LISTS, PAIRS, TEXT, Asked

SEPARATORS = {"attributes": "：", "proofs": "｜"}
PAIR_KEYS = {"attributes": ("name", "value"), "proofs": ("text", "evidence")}


class FactsForm(forms.Form):
    """``common``, ``chinese`` and ``english`` are its three parts; after ``is_valid`` the result is in ``draft``."""

    draft: ProductDraft

    def __init__(self, data: dict[str, str] | None = None, *, product: ProductDraft | None = None) -> None:
        super().__init__(data, initial=_initial(product) if product else None)
        self._external_id = product.external_id if product else ""
        for name, asked in COMMON.items():
            self.fields[name] = _field(asked, words.chosen("zh", "en"))
        self.fields["currency"] = forms.ChoiceField(
            choices=[(code, code) for code in CURRENCIES], required=False, label=gettext_lazy("币种"), initial="CNY"
        )
        for lang in words.LANGUAGES:
            for name, asked in (TEXT | LISTS | PAIRS).items():
                self.fields[f"{lang}_{name}"] = _field(asked, lang)

    @property
    def common(self) -> Iterator[BoundField]:
        return (self[name] for name in (*COMMON, "currency"))

    @property
    def chinese(self) -> Iterator[BoundField]:
        return (self[f"zh_{name}"] for name in TEXT | LISTS | PAIRS)

    @property
    def english(self) -> Iterator[BoundField]:
        return (self[f"en_{name}"] for name in TEXT | LISTS | PAIRS)

    @property
    def english_open(self) -> bool:
        """Whether the English part holds anything."""
        return any(str(field.value() or "").strip() for field in self.english)

    def clean(self) -> dict[str, object]:
        try:
            self.draft = parse_product(self._mapping())
        except FactsInvalid as refusal:
            for problem in refusal.problems:
                self.add_error(*_placed(problem, set(self.fields)))
        return self.cleaned_data

    def _mapping(self) -> dict[str, object]:
        """The shape of a ``product.yaml``; a language in which nothing was written is left out."""
        given = {name: self.cleaned_data.get(name) or "" for name in (*COMMON, "currency")}
        texts = {lang: self._text(lang) for lang in words.LANGUAGES}
        written = {lang: text for lang, text in texts.items() if any(text.values())}
        return {**given, **written, "external_id": self._external_id}

    def _text(self, lang: str) -> dict[str, object]:
        def lines(name: str) -> list[str]:
            written = str(self.cleaned_data.get(f"{lang}_{name}") or "").splitlines()
            return [line.strip() for line in written if line.strip()]

        one_line = {name: self.cleaned_data.get(f"{lang}_{name}") or "" for name in TEXT}
        pairs = {name: [_pair(name, line) for line in lines(name)] for name in PAIRS}
        return {**one_line, **{name: lines(name) for name in LISTS}, **pairs}


class _Day(forms.DateInput):
    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")  # what a browser's date field reads, in every language


def _field(asked: Asked, lang: str) -> forms.CharField:
    rows = {"rows": asked.rows} if asked.rows else {}
    attributes = {"placeholder": asked.example.get(lang, ""), "cell": "full" if asked.wide else "", **rows}
    widget = forms.Textarea if asked.rows else _Day if asked.kind == "date" else forms.TextInput
    made = widget(attrs={**attributes, **({"type": asked.kind} if asked.kind else {})})
    return forms.CharField(label=asked.label, help_text=asked.hint, required=False, widget=made)


def _pair(name: str, line: str) -> dict[str, str]:
    """``容量：480ml`` or ``容量: 480ml`` as name and value."""
    wide = SEPARATORS[name]
    narrow = {"：": ":", "｜": "|"}[wide]
    first, _mark, second = line.replace(wide, narrow).partition(narrow)
    return dict(zip(PAIR_KEYS[name], (first.strip(), second.strip()), strict=True))


def _placed(problem: Problem, fields: set[str]) -> tuple[str | None, str]:
    """The field that a problem's path (``zh.selling_points.2``) stands for, and its message for the page."""
    parts = problem.path.split(".")
    name = "_".join(parts[:2]) if parts[0] in words.LANGUAGES else parts[0]
    message: words.Word = words.chosen(problem.zh, problem.en)
    if len(parts) == 4:  # one half of a pair
        example = {"attributes": _("名称：内容"), "proofs": _("说法｜凭据")}[parts[1]]
        message = _("第 %(line)d 行请写成「%(example)s」") % {"line": int(parts[2]) + 1, "example": example}
    elif len(parts) == 3:
        message = _("第 %(line)d 行：%(problem)s") % {"line": int(parts[2]) + 1, "problem": message}
    return (name if name in fields else None), str(message)


def _initial(product: ProductDraft) -> dict[str, object]:
    given: dict[str, object] = {
        "category": product.category,
        "brand": product.brand,
        "price": _yuan(product.price),
        "list_price": _yuan(product.list_price),
        "currency": product.currency,
        "offer_ends": product.offer_ends,
    }
    for text in product.texts:
        given |= {f"{text.lang}_{name}": value for name, value in _initial_text(text).items()}
    return given


def _initial_text(text: TextDraft) -> dict[str, str]:
    one_line = {name: str(getattr(text, name)) for name in TEXT}
    lists = {name: "\n".join(getattr(text, name)) for name in LISTS}
    attributes = "\n".join(f"{item.name}{SEPARATORS['attributes']}{item.value}" for item in text.attributes)
    proofs = "\n".join(f"{item.text}{SEPARATORS['proofs']}{item.evidence}" for item in text.proofs)
    return {**one_line, **lists, "attributes": attributes, "proofs": proofs}


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen / 100:.2f}".removesuffix(".00")
