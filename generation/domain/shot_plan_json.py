"""A ``ShotPlan`` as plain JSON values and back: what a job row carries and a manifest shows."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from generation.domain.engine_spec import Easing, Framing, Mode, Move
from generation.domain.geometry import Box
from generation.domain.shot_plan import ImageRef, MatteRef, ShotPlan

Json = Mapping[str, object]


def plan_to_dict(plan: ShotPlan) -> dict[str, object]:
    return asdict(plan)


def plan_from_dict(data: Json) -> ShotPlan:
    """The inverse of ``plan_to_dict``. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for what is no plan."""
    fields = dict(data)
    image, last = fields.pop("image"), fields.pop("last_image")
    fields["move"], fields["framing"] = Move(str(fields["move"])), Framing(str(fields["framing"]))
    fields["mode"], fields["easing"] = Mode(str(fields["mode"])), Easing(str(fields["easing"]))
    return ShotPlan(
        image=None if image is None else _image(cast(Json, image)),
        last_image=None if last is None else _image(cast(Json, last)),
        **cast(dict[str, Any], fields),  # the dataclass refuses any name it does not know
    )


def box_from_dict(data: object) -> Box | None:
    """``None`` or ``{"x0": .., "y0": .., "x1": .., "y1": ..}``."""
    return None if data is None else Box(**cast(dict[str, float], data))


def _image(data: Json) -> ImageRef:
    fields = cast(dict[str, Any], dict(data))
    matte = fields["matte"]
    return ImageRef(
        **(
            fields
            | {"subject": box_from_dict(fields["subject"]), "matte": None if matte is None else MatteRef(**matte)}
        )
    )
