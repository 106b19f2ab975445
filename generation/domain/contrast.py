"""How well one colour is seen on another: relative luminance and contrast ratio of WCAG 2.2 (1.4.3 and its definitions)."""

RGB = tuple[int, int, int]  # sRGB, 0..255


def luminance(colour: RGB) -> float:
    """Relative luminance, 0 black .. 1 white."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    """1 (the same) .. 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
