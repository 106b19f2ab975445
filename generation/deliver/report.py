"""The quality report of a delivered film as plain data: for a page, for report.json, for whoever has to prove it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generation.deliver.platforms import platforms, version

SCHEMA = "hitsmith-report/1"
# Group -> its checks. What a later version checks and this table does not know goes to the last group.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "picture": ("codec", "profile", "pixel format", "colours", "size", "longest group", "index before data"),
    "time": ("frame rate", "frames", "constant frame rate", "decoding order", "duration", "picture and sound end"),
    "seen": ("no black picture", "no flat picture", "no frozen picture", "no flicker"),
    "captions": ("captions inside the safe box", "caption contrast"),
    "sound": ("has sound", "audio codec", "audio form", "loudness", "true peak", "clipped samples"),
    "other": (),
}
FITS = "fits_"

Fact = str | int | float | bool
Json = dict[str, object]


@dataclass(frozen=True)
class Checked:
    name: str
    passed: bool
    measured: str
    expected: str


@dataclass(frozen=True)
class Fit:
    """Whether a platform takes the file; ``trouble`` says why not."""

    code: str
    zh: str
    en: str
    trouble: str

    @property
    def passed(self) -> bool:
        return not self.trouble


@dataclass(frozen=True)
class FilmReport:
    """``groups``: only those with a check. ``marks``: what was proved of the labels of generated content."""

    groups: tuple[tuple[str, tuple[Checked, ...]], ...]
    marks: Mapping[str, Fact]
    fits: tuple[Fit, ...]
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for _, checks in self.groups for check in checks)

    def as_json(self) -> Json:
        return {
            "schema": SCHEMA,
            "passed": self.passed,
            "checks": {
                group: [
                    {"name": check.name, "passed": check.passed, "measured": check.measured, "expected": check.expected}
                    for check in checks
                ]
                for group, checks in self.groups
            },
            "marks": dict(self.marks),
            "platforms": {
                "figures": version(),
                "fits": {fit.code: {"passed": fit.passed, "trouble": fit.trouble} for fit in self.fits},
            },
            "notes": list(self.notes),
        }


def report_of(
    checks: Mapping[str, Mapping[str, Fact]], label: Mapping[str, Fact], notes: Sequence[str] = ()
) -> FilmReport:
    """From what a delivery recorded: ``Delivered`` or its row."""
    done = {
        name: Checked(name, bool(item["passed"]), str(item["measured"]), str(item["expected"]))
        for name, item in checks.items()
    }
    known = {name for names in GROUPS.values() for name in names}
    members = {group: [name for name in names if name in done] for group, names in GROUPS.items()}
    members["other"] = [name for name in done if name not in known]
    groups = tuple((group, tuple(done[name] for name in names)) for group, names in members.items() if names)
    marks = {name: value for name, value in label.items() if not name.startswith(FITS)}
    return FilmReport(groups, marks, tuple(_fits(label)), tuple(notes))


def _fits(label: Mapping[str, Fact]) -> list[Fit]:
    return [
        Fit(place.code, place.zh, place.en, "" if told == "passed" else str(told).removeprefix("failed: "))
        for place in platforms()
        if (told := label.get(f"{FITS}{place.code}")) is not None
    ]
