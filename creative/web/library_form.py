"""What can be asked of the library, as a form of addresses: every search can be sent to a colleague as a link."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from creative.web import template_words, words
from creative.web.brief_form import Pills
from templates_engine.domain.patterns import HookType
from templates_engine.domain.search import Query, Source
from templates_engine.domain.template import LANGUAGES

ANY = ("", _("不限"))
# Usual lengths in seconds; a template that lies on a border is in both.
LENGTHS = {
    "0-15": (_("15 秒以内"), 0, 15),
    "15-20": (_("15 到 20 秒"), 15, 20),
    "20-30": (_("20 到 30 秒"), 20, 30),
    "30-": (_("30 秒以上"), 30, None),
}


class SearchForm(forms.Form):
    """Every field may stay empty. ``query`` is what is asked; of a form with a mistake, what of it can be read."""

    q = forms.CharField(
        label=_("找什么"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("名字、段落或句子里的词")}),
    )
    category = forms.ChoiceField(label=_("品类"), required=False)
    lang = forms.ChoiceField(
        label=_("语言"), required=False, choices=[ANY, *((lang, words.LANGUAGES[lang]) for lang in LANGUAGES)]
    )
    length = forms.ChoiceField(
        label=_("常见时长"), required=False, choices=[ANY, *((code, word) for code, (word, _, _) in LENGTHS.items())]
    )
    hook = forms.ChoiceField(label=_("怎么开场"), required=False)
    source = forms.ChoiceField(
        label=_("谁的模板"),
        required=False,
        choices=[
            ("", _("全部")),
            *((source.value, template_words.SOURCES[source.value]) for source in Source),
            ("retired", _("已停用的")),
        ],
        widget=Pills,
    )

    def __init__(self, data: object, *, categories: Iterable[str]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["category"].choices = [ANY, *((code, template_words.category_word(code)) for code in categories)]  # type: ignore[attr-defined]
        self.fields["hook"].choices = [ANY, *((hook.value, template_words.hook_word(hook.value)) for hook in HookType)]  # type: ignore[attr-defined]

    def query(self) -> Query:
        self.full_clean()
        given = self.cleaned_data
        _word, least, most = LENGTHS.get(given.get("length", ""), ("", None, None))
        source = given.get("source", "")
        return Query(
            words=given.get("q", ""),
            category=given.get("category", ""),
            lang=given.get("lang", ""),
            seconds_min=least,
            seconds_max=most,
            hook=HookType(given["hook"]) if given.get("hook") else None,
            source=Source(source) if source and source != "retired" else None,
            retired=source == "retired",
        )
