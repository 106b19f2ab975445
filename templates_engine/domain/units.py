"""Units and counting words in Chinese and English, each under one name, so that 12小时, 12h and 12 hours agree."""

import re

_ALIASES = {
    unit: tuple(words.split(","))
    for unit, words in {
        "CNY": "元,块,块钱,元钱,人民币,rmb,cny,yuan,¥",
        "USD": "美元,美金,usd,dollar,buck,$",
        "EUR": "欧元,eur,euro,€",
        "GBP": "英镑,gbp,pound sterling,quid,£",
        "cent": "毛,角,分钱,cent",
        "%": "%,percent,个百分点",
        "off": "折,折扣",
        "tenth": "成",
        "times": "倍,倍速,x,times,fold",
        "second": "秒,秒钟,s,sec,second",
        "minute": "分钟,min,minute",
        "hour": "小时,个小时,钟头,个钟头,h,hr,hour",
        "day": "天,天天,day",
        "week": "周,星期,个星期,礼拜,week",
        "month": "个月,month",
        "year": "年,年份,yr,year",
        "calendar month": "月,月份",
        "calendar day": "日,号",
        "ml": "毫升,ml",
        "l": "升,l,liter,litre",
        "mg": "毫克,mg",
        "g": "克,g,gram",
        "kg": "公斤,千克,kg,kilo,kilogram",
        "half kg": "斤",
        "lb": "磅,lb,pound",
        "oz": "盎司,oz,ounce",
        "mm": "毫米,mm",
        "cm": "厘米,公分,cm",
        "m": "米,m,meter,metre",
        "inch": "英寸,寸,inch,inche",
        "w": "瓦,w,watt",
        "v": "伏,v,volt",
        "mah": "毫安,毫安时,mah",
        "°c": "°c,℃,度,摄氏度",
        "person": "人,名,位,people,person,customer,buyer,user,family,familie,home",
        "order": "单,order",
        "review": "条好评,条评价,个好评,好评,review,rating",
        "star": "星,颗星,星级,star",
        "left": "left,remaining",
        "piece": "件,piece,pc,item,pack,unit",
        "layer": "层,layer",
        "step": "步,step",
        "time": "次,回,遍,time",
        "grade": "级,等",
        "generation": "代",
        "place": "名次,连冠,place",
    }.items()
}

# Chinese counting words stand for nothing but themselves.
_COUNTING_WORDS = "个款种类盒箱包袋瓶杯罐支套台只双条张颗粒片份"

CANONICAL = {alias: unit for unit, aliases in _ALIASES.items() for alias in aliases} | {
    word: word for word in _COUNTING_WORDS
}

# After a lone 一 these only count a thing (一杯, 一款): no claim is made.
ARTICLE_UNITS = frozenset(_COUNTING_WORDS) | {"piece", "time", "step", "person"}

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS = {
    name[:size]: number
    for number, name in enumerate((word.lower() for word in MONTH_NAMES), 1)
    for size in (len(name), 3)
}

# Set phrases whose numeral counts nothing.
IDIOMS = re.compile(
    "|".join(
        (
            "第一(?:眼|次|步|口|时间|天|反应|感觉)",
            "一(?:下|点(?![零〇一二三四五六七八九])|些|样|起|直|边|定|般|切|共|旦|向|路|身|手|心)",
            "一(?:看|摸|试|用|想|碰|按|倒|拧|擦|抹|喝|到|口气|会儿|阵子|辈子|句话|天到晚|整天)",
            "(?:这|那|哪|每|某|同|另|统|唯|万|之|看|试|等|换|闻|有|又|如|进)一(?!年|元|折|块)",
            "十(?:分(?!钟)|足|全)|千(?:万别|万不|万要|变)|万(?:一|能|物|般|无)|百(?:搭|变|叶|看不)",
            "第[一二三四五](?:步|点|条|层|招|样|遍|口|眼|回|趟)|一([级步点件个层天口片句笔])一\\1|一天的(?:班|活|钱|累|疲惫|忙碌|课|工作)|第二天|前一天|后一天|一年四季|年年|(?:这|那|新旧|前后|左右)两(?:个|种|只)",
            "一半(?=放|装|留|给|倒|泡|加|是|在)|[二三四五]折(?=伞|叠|页|屏|痕)|两只(?=手|眼|耳|脚|胳膊)|七夕|三八节|五一|十一(?=假|长假|黄金)|六一",
            "半(?:身|高领|袖|裙|透|圆|开|拉|指|框|遮|湿|干|自动|熟|包|截)|三角|五角|四(?:肢|角|面|射|溢)|万种(?=风情|柔情)|三餐|四季|四周|四处|五(?:颜六色|官|香|金)|七上八下|乱七八糟|两(?:全其美|边|侧|手)|半(?:天|夜|路|点)",
            "三明治|一举两得|一心一意|三心二意|星期[一二三四五六]|周[一二三四五六]|双十一",
            r"\bone day\b|\bhalf asleep\b|\bhalf the battle\b",
        )
    )
)
