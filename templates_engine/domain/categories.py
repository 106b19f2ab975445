"""Kinds of goods, recognised in whatever words a merchant uses for them."""

_WORDS = {
    code: tuple(words.split())
    for code, words in {
        "kitchen": "厨 锅 刀具 砧板 餐具 碗 杯 壶 保鲜 kitchen cookware mug cup knife bottle tumbler kettle pan",
        "home": "家居 家具 家纺 收纳 床 被 枕 毛巾 灯 清洁 拖把 香薰 沙发 地毯"
        " home furniture bedding pillow towel lamp storage candle cleaning blanket",
        "food": "食品 零食 饮料 茶 咖啡 坚果 水果 牛奶 糕 面 米 酒 蜂蜜"
        " food snack drink coffee tea nuts honey chocolate",
        "beauty": "美妆 护肤 面膜 精华 口红 防晒 洗面奶 洗发 香水 彩妆"
        " beauty skincare serum lipstick sunscreen shampoo perfume cream",
        "fashion": "服饰 衣 裙 裤 鞋 包包 箱包 帽 首饰 项链 手表"
        " fashion dress shirt shoes sneaker bag jacket jewelry watch",
        "electronics": "数码 电器 耳机 音箱 充电 键盘 鼠标 手机 电脑 相机 风扇 吹风机"
        " electronics headphone earbud speaker charger keyboard phone camera fan",
        "baby": "母婴 婴 儿童 宝宝 奶瓶 玩具 绘本 baby kids toy stroller",
        "pet": "宠物 猫 狗 pet cat dog",
        "sports": "运动 户外 健身 瑜伽 露营 骑行 跑步 sport outdoor fitness yoga camping cycling running",
    }.items()
}


def category_codes(text: str) -> frozenset[str]:
    """The kinds that ``text`` names, in our codes ("kitchen", "food" ...); empty where nothing is recognised.

    Chinese words are found anywhere, English ones as whole words or their plural.
    """
    plain = text.lower()
    english = {form for word in plain.replace("-", " ").split() for form in (word, word.removesuffix("s"))}
    return frozenset(
        code
        for code, words in _WORDS.items()
        if code in english or any(word in english if word.isascii() else word in plain for word in words)
    )
