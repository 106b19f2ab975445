"""Twelve hits told by one planted template, each with its own product, words, typeface, music, colours and cut jitter.

What was planted: the beats in order, their roles, lengths, shots, camera and framing. Captions are burnt in; there is no
transcript. Whoever learns from the rendered files should find the template again.
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from templates_engine.domain.beats import Camera, Framing, Role
from tests.templates_engine.footage_maker import Plan, Scene, render, whole_frames

FPS = 25
JITTER = 0.08  # of a beat's length
FONTS = ("NotoSansSC-Bold.ttf", "NotoSansSC-Medium.ttf")


@dataclass(frozen=True)
class PlantedBeat:
    role: Role
    seconds: float
    cameras: tuple[Camera, ...]  # one for each shot
    framing: Framing
    ways: tuple[str, ...]  # of saying it; {product}, {pain}, {point}, {price}, {gift} are put in


BEATS = (
    PlantedBeat(
        Role.HOOK,
        2.0,
        (Camera.PUSH,),
        Framing.CLOSE,
        ("你还在为{pain}发愁吗？", "{pain}怎么办？", "为什么你家总是{pain}？"),
    ),
    PlantedBeat(
        Role.REVEAL,
        2.4,
        (Camera.TRUCK_LEFT,),
        Framing.MEDIUM,
        ("试试这款{product}", "我换成了这款{product}", "它就是{product}"),
    ),
    PlantedBeat(
        Role.SELLING_POINT,
        4.4,
        (Camera.STATIC, Camera.PEDESTAL_UP),
        Framing.CLOSE,
        ("{point}", "关键是{point}", "最喜欢它{point}"),
    ),
    PlantedBeat(
        Role.OFFER,
        2.6,
        (Camera.PULL,),
        Framing.MEDIUM,
        ("现在只要{price}元", "今天下单送{gift}", "{price}元还送{gift}"),
    ),
    PlantedBeat(
        Role.CTA, 2.2, (Camera.PUSH,), Framing.MEDIUM, ("点击下方链接购买", "点左下角带走它", "点击链接马上下单")
    ),
)
PRODUCTS = (
    ("保温杯", "水杯漏水", "倒着放一滴不漏", "59", "杯刷"),
    ("空气炸锅", "炸东西油烟大", "一滴油不用也酥脆", "199", "烘焙纸"),
    ("颈枕", "坐车脖子酸", "记忆棉稳稳托住头", "69", "收纳袋"),
    ("台灯", "孩子写作业眼睛累", "光线柔和不刺眼", "129", "插头"),
    ("收纳箱", "衣柜乱糟糟", "折叠起来不占地方", "39", "标签贴"),
    ("拖把", "地面擦不干净", "一按就能自己拧干", "79", "替换布"),
    ("电动牙刷", "刷牙刷不干净", "续航能用一个月", "99", "刷头"),
    ("瑜伽垫", "垫子老是打滑", "背面防滑牢牢抓地", "88", "绑带"),
    ("炒锅", "煎鱼总是粘锅", "不粘涂层一冲就净", "149", "木铲"),
    ("雨伞", "雨伞一吹就翻", "十根伞骨抗大风", "49", "伞套"),
    ("咖啡机", "早上来不及买咖啡", "一键出杯只等半分钟", "299", "咖啡豆"),
    ("宠物梳", "沙发上全是猫毛", "轻轻一推毛就掉", "29", "清洁布"),
)


@dataclass(frozen=True)
class Hit:
    """``lines``: the caption of each beat; ``seconds``: how long each beat is in this hit."""

    name: str
    plan: Plan
    lines: tuple[str, ...]
    seconds: tuple[float, ...]


def hit(number: int) -> Hit:
    """The hit of that number; 0 to 11 are different products."""
    dice = Random(number)
    product, pain, point, price, gift = PRODUCTS[number % len(PRODUCTS)]
    words = {"product": product, "pain": pain, "point": point, "price": price, "gift": gift}
    scenes: list[Scene] = []
    lines, lengths = [], []
    for beat in BEATS:
        line = dice.choice(beat.ways).format(**words)
        length = whole_frames(beat.seconds * dice.uniform(1 - JITTER, 1 + JITTER))
        scenes += _scenes(beat, line, length, 40 * number + len(scenes), dice)
        lines.append(line)
        lengths.append(length)
    plan = Plan(
        tuple(scenes),
        width=288,
        height=512,
        fps=FPS,
        bpm=dice.choice((100, 108, 116, 124)),
        mood=dice.choice(("upbeat", "warm", "bold", "playful")),
        font=FONTS[number % len(FONTS)],
        where=dice.uniform(0.72, 0.82),
        letter=dice.uniform(0.036, 0.042),
        seed=number,
    )
    return Hit(f"hit_{number:02}", plan, tuple(lines), tuple(lengths))


def _scenes(beat: PlantedBeat, line: str, length: float, seed: int, dice: Random) -> list[Scene]:
    """The shots of one beat, about equally long, the first begun by a cut or, sometimes, a dissolve."""
    way = dice.choice(("cut", "cut", "cut", "dissolve")) if beat.role is not Role.HOOK else "cut"
    if len(beat.cameras) == 1:
        return [Scene(length, seed, beat.cameras[0], beat.framing, way, line)]
    first = whole_frames(length * dice.uniform(0.45, 0.55))
    lengths = (first, round(length - first, 2))
    return [
        Scene(seconds, seed + index, camera, beat.framing, way if index == 0 else "cut", line)
        for index, (seconds, camera) in enumerate(zip(lengths, beat.cameras, strict=True))
    ]


def render_hits(folder: Path, count: int = len(PRODUCTS)) -> list[tuple[Path, Hit]]:
    """Writes ``count`` videos into ``folder``."""
    made = [hit(number) for number in range(count)]
    return [(render(folder / f"{one.name}.mp4", one.plan), one) for one in made]
