"""How a first line catches the eye, by small word rules in Chinese and English."""

import re
from collections.abc import Callable

from templates_engine.domain.patterns import HookType
from templates_engine.domain.quantities import Quantity, quantities

MONEY = frozenset({"CNY", "USD", "EUR", "GBP", "cent"})

_WORDS = {
    HookType.SHOCK: r"天[哪啊呐]|救命|我的妈|绝了|震惊|居然|竟然|惊呆|疯了|离谱|傻眼|千万别"
    r"|\b(?:omg|wow|no way|insane|crazy|can'?t believe|shocked|unreal|never buy|do not buy|don'?t buy)\b",
    HookType.QUESTION: r"[?？]|[吗呢么]\W*$|有没有|是不是|怎么办|为什么|难道|凭什么|谁懂"
    r"|^\W*(?:why|how|what|who|which|are you|do you|did you|have you|is your|does your|can you|ever)\b",
    HookType.OFFER: r"优惠|福利|打折|折扣|包邮|半价|便宜|秒杀|优惠券|买一送|特价|捡漏|清仓|薅羊毛"
    r"|\b(?:deal|sale|discount|half price|free shipping|for free|coupon|cheap|bargain|price drop)\b",
    HookType.CONTRAST: r"别再|不要再|不是.{1,12}而是|以前.{0,12}(?:现在|如今)|同样|对比|左边|右边|换了.{0,4}才|一个.{1,8}一个"
    r"|\b(?:stop|instead of|used to|before and after|versus|vs|unlike|not another|no more|old way)\b",
    HookType.CALL: r"^\W*(?:姐妹|家人|宝[妈子宝]|兄弟|朋友|老板|上班族|打工人|学生党|懒人|新手|养.{0,3}的|所有|喜欢.{0,8}的"
    r"|[^，。！？]{1,6}们)"
    r"|^\W*(?:hey|attention|calling all|listen up|guys|girls|ladies|moms|mums|dads|parents|if you(?:'re| are|r))\b",
    HookType.STORY: r"那天|昨天|昨晚|今早|上周|去年|前几天|小时候|记得"
    r"|我(?:妈|爸|婆婆|老公|老婆|闺蜜|同事|室友|男朋友|女朋友|儿子|女儿)"
    r"|\b(?:yesterday|last (?:night|week|month|year)|the other day|one day|when i|my (?:mom|mum|dad|husband|wife"
    r"|boyfriend|girlfriend|friend|roommate|sister|brother|son|daughter|kid|dog|cat)|i remember|story time)\b",
    HookType.RESULT_FIRST: r"终于|再也不|瞬间|一秒|看看|效果|你看|瞧|搞定|轻松|只用|原来.{0,10}这么"
    r"|\b(?:finally|never again|look at|watch this|see this|in seconds|results?|here'?s how|this is how|all it took)\b",
}  # fmt: skip
_RULES = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}


def hook_type(text: str) -> HookType | None:
    """The first that fits of shock, question, offer, number, contrast, call, story, result first; None for a plain line."""
    numbers = quantities(text)
    tests: tuple[tuple[HookType, Callable[[], bool]], ...] = (
        (HookType.SHOCK, lambda: _says(HookType.SHOCK, text)),
        (HookType.QUESTION, lambda: _says(HookType.QUESTION, text)),
        (HookType.OFFER, lambda: _says(HookType.OFFER, text) or any(map(is_money, numbers))),
        (HookType.NUMBER, lambda: bool(numbers)),
        *((kind, lambda kind=kind: _says(kind, text)) for kind in _LATER),
    )
    return next((kind for kind, fits in tests if fits()), None)


_LATER = (HookType.CONTRAST, HookType.CALL, HookType.STORY, HookType.RESULT_FIRST)


def is_money(number: Quantity) -> bool:
    """Whether it is a price or a price cut rather than a measure."""
    return number.unit in MONEY or number.unit == "off"


def _says(kind: HookType, text: str) -> bool:
    return _RULES[kind].search(text) is not None
