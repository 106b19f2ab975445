"""Reading single fields of an untrusted mapping: each problem is noted with its path, and reading goes on."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

MAX_FEN = 1_000_000_000  # ten million yuan: above it somebody mistook fen for yuan


@dataclass(frozen=True)
class Problem:
    path: str
    zh: str
    en: str


class Problems:
    """Collects what is wrong, in reading order."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, path: str, zh: str, en: str) -> None:
        self._found.append(Problem(path or "product", zh, en))

    def all(self) -> tuple[Problem, ...]:
        return tuple(self._found)


def clean_text(value: str) -> str:
    """One line: control characters out, runs of white space to one blank, canonical composition (NFC)."""
    kept = "".join(" " if unicodedata.category(mark) in ("Cc", "Zl", "Zp") else mark for mark in value)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


class Reader:
    """Typed access to the fields of one mapping; absent and wrong fields give an empty value and a noted problem."""

    def __init__(self, given: Mapping[object, object], path: str, problems: Problems) -> None:
        self._given = given
        self._path = path
        self._problems = problems

    def has(self, key: str) -> bool:
        return self._given.get(key) is not None

    def refuse_unknown(self, known: Sequence[str]) -> None:
        for key in self._given:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                hint_zh = f"，是不是想写 {near[0]}？" if near else f"，可用：{', '.join(known)}"
                hint_en = f": did you mean {near[0]!r}?" if near else f": known are {', '.join(known)}"
                self._note(str(key), f"没有这个字段{hint_zh}", f"unknown key{hint_en}")

    def text(self, key: str, length: int, *, required: bool = False) -> str:
        value = self._given.get(key)
        if value is None or value == "":
            if required:
                self._note(key, "必填", "is required")
            return ""
        return self._one_text(key, value, length)

    def texts(self, key: str, *, count: int, length: int) -> tuple[str, ...]:
        items = [self._one_text(f"{key}.{index}", item, length) for index, item in enumerate(self._list(key, count))]
        return tuple(item for item in items if item)

    def pairs(self, key: str, names: tuple[str, str], *, count: int, length: int) -> tuple[tuple[str, str], ...]:
        """A list of two-key mappings, such as attributes with name and value."""
        found = []
        for index, item in enumerate(self._list(key, count)):
            path = f"{key}.{index}"
            if not isinstance(item, Mapping):
                self._note(path, f"应为 {names[0]} 和 {names[1]} 两项", f"give {names[0]} and {names[1]}")
                continue
            inner = Reader(item, self._at(path), self._problems)
            inner.refuse_unknown(names)
            found.append((inner.text(names[0], length, required=True), inner.text(names[1], length, required=True)))
        return tuple(found)

    def money(self, key: str) -> int | None:
        """``"129.00"``, ``129`` or ``129.5`` in currency units, as integer hundredths; never rounded."""
        value = self._given.get(key)
        if value is None or value == "":
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise InvalidOperation
            fen = Decimal(str(value).strip()) * 100
            if not fen.is_finite() or fen != fen.to_integral_value():
                raise InvalidOperation
        except InvalidOperation:
            self._note(
                key, "价格写成数字，最多两位小数，如 129.00", "write a number with at most two decimals, like 129.00"
            )
            return None
        if not 0 < fen <= MAX_FEN:
            self._note(key, "价格要大于 0，不超过一千万", "must be above 0 and at most 10000000")
            return None
        return int(fen)

    def choice(self, key: str, known: Sequence[str], default: str) -> str:
        value = self._given.get(key)
        if value is None or value == "":
            return default
        if isinstance(value, str) and value in known:
            return value
        self._note(key, f"可用：{', '.join(known)}", f"choose one of {', '.join(known)}")
        return default

    def day(self, key: str) -> date | None:
        value = self._given.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self._note(key, "日期写成 2026-12-31", "write a date like 2026-12-31")
            return None

    def nested(self, key: str) -> "Reader":
        value = self._given.get(key)
        if isinstance(value, Mapping):
            return Reader(value, self._at(key), self._problems)
        self._note(key, "应为键值结构（title、name …）", "give a mapping with title, name ...")
        return Reader({"title": "-", "name": "-"}, self._at(key), self._problems)

    def _list(self, key: str, count: int) -> Sequence[object]:
        value = self._given.get(key)
        if value is None or value == "":
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            self._note(key, "应为列表，每行一项", "give a list")
            return ()
        if len(value) > count:
            self._note(key, f"最多 {count} 项，现有 {len(value)} 项", f"at most {count} items, there are {len(value)}")
        return value[:count]

    def _one_text(self, path: str, value: object, length: int) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self._note(path, "应为一段文字", "give a text")
            return ""
        text = clean_text(str(value))
        if len(text) > length:
            self._note(
                path, f"最多 {length} 个字，现有 {len(text)} 个", f"at most {length} characters, not {len(text)}"
            )
            return text[:length]
        return text

    def _note(self, key: str, zh: str, en: str) -> None:
        self._problems.add(self._at(key), zh, en)

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
