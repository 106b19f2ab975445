"""The products that planted lines are read against, and the lines themselves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from templates_engine.domain.facts import Attribute, ProductFacts
from tests.templates_engine.products import MUG_EN, MUG_ZH

FOLDER = Path(__file__).parent / "planted"
FULL = {
    "zh": replace(MUG_ZH, offers=("第二件半价", "包邮"), attributes=(*MUG_ZH.attributes, Attribute("档位", "三档"))),
    "en": replace(
        MUG_EN,
        offers=("buy two and save 10%", "free shipping"),
        selling_points=(*MUG_EN.selling_points, "three brightness levels"),
    ),
}
BARE = {
    "zh": ProductFacts("zh", "小蓝杯真空保温杯", "小蓝杯", "保温杯", selling_points=("真空双层", "一键开盖")),
    "en": ProductFacts("en", "AeroMug travel mug", "AeroMug", "mug", selling_points=("a one-hand flip lid", "light")),
}


def bad_lines(name: str) -> Iterator[tuple[str, str, str]]:
    """(language, category, line) of one planted file."""
    for lang, categories in _read(name)["bad"].items():
        for category, lines in categories.items():
            yield from ((lang, category, str(line)) for line in lines)


def clean_lines(name: str) -> Iterator[tuple[str, str]]:
    for lang, lines in _read(name)["clean"].items():
        yield from ((lang, str(line)) for line in lines)


def _read(name: str) -> dict[str, dict[str, dict[str, list[str]]]]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
