"""How a photo is framed for a camera that moves in three dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.domain.camera import Matrix, View, inverse
from generation.domain.rig import REST, Pose

FAR = 0.3  # nearness of what is far away, until the scene has been read
EVERY = 5  # one frame of so many stands for its neighbours
UNMOVED = REST.layer(1.0)


@dataclass(frozen=True)
class Sight(View):
    """What the canvas shows of things at one nearness; ``zoom`` as in a ``View``."""

    back: Matrix = UNMOVED

    @classmethod
    def through(cls, forth: Matrix) -> "Sight":
        """``forth``: takes points of the photo to the canvas."""
        back = inverse(forth)
        return cls(zoom=abs(forth[8] / forth[0]), back=back)

    def matrix(self) -> Matrix:
        return self.back


def sights(poses: Sequence[Pose], nearness: float) -> tuple[View, ...]:
    """One for every fifth pose, and for the last."""
    few = [*poses[::EVERY], poses[-1]]
    return tuple(Sight.through(pose.layer(nearness)) for pose in few)
