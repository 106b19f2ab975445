"""The roles a beat can have and the camera words that templates use."""

from enum import StrEnum


class Role(StrEnum):
    HOOK = "hook"
    PAIN = "pain"
    REVEAL = "reveal"
    SELLING_POINT = "selling_point"
    DEMO = "demo"
    SOCIAL_PROOF = "social_proof"
    OFFER = "offer"
    URGENCY = "urgency"
    CTA = "cta"
    OTHER = "other"


class Camera(StrEnum):
    """How the camera moves in a shot. Generation turns each into a move of its own engines."""

    STATIC = "static"
    PUSH = "push"
    PULL = "pull"
    TRUCK_LEFT = "truck_left"
    TRUCK_RIGHT = "truck_right"
    PEDESTAL_UP = "pedestal_up"
    PEDESTAL_DOWN = "pedestal_down"
    ORBIT = "orbit"
    HANDHELD = "handheld"


class Framing(StrEnum):
    CLOSE = "close"
    MEDIUM = "medium"
    WIDE = "wide"
