"""The pieces of an end card, drawn: brand, headline, price, offer chip, button, label line."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from generation.domain.captions import Atom, Hurt, atoms, break_lines
from generation.domain.contrast import RGB
from generation.domain.layout import even, even_up, scaled
from generation.domain.timeline import Canvas, EndCard
from generation.render.fonts import Weight, drawable
from generation.render.paint import blank, lay, put, rounded, soft
from generation.render.palette import Theme
from generation.render.photo import plate_under
from generation.render.price_tag import strike
from generation.render.text import TextLook, advance_width, draw_text, text_width
from generation.render.yuv import RGBA

MOST_LINES = 3  # of a headline


@dataclass(frozen=True)
class Row:
    """A drawn piece: ``rim`` is the soft edge around what counts, ``delay_s`` is when it enters."""

    picture: RGBA
    rim: int
    delay_s: float
    enter: str = "rise"
    pulse: float = 0.0

    @property
    def width(self) -> int:
        return int(self.picture.shape[1]) - 2 * self.rim

    @property
    def height(self) -> int:
        return int(self.picture.shape[0]) - 2 * self.rim


@dataclass(frozen=True)
class Drawer:
    """Draws the rows of one card; ``fit`` shrinks everything alike; ``align``: 0 left, 0.5 centred."""

    colours: Theme
    canvas: Canvas
    width: int
    fit: float
    align: float = 0.5

    def rows(self, card: EndCard, label: str, logo: RGBA | None, offer: str = "") -> list[Row]:
        """From top to bottom; empty texts give no row. ``offer``: where it does not hang as a chip on the photo."""
        found = []
        if logo is not None:
            found.append(self._logo(logo))
        elif card.brand:
            found.append(
                self._text([drawable(card.brand, Weight.MEDIUM)[0]], Weight.MEDIUM, 42, self.colours.muted, 0.10)
            )
        if card.headline:
            found.append(self._headline(card.headline))
        if card.price_text:
            found.append(self._price(card))
        if offer:
            found.append(self._offer(offer))
        if card.call_to_action:
            found.append(self._button(card.call_to_action))
        found.append(
            self._text([drawable(label, Weight.MEDIUM)[0]], Weight.MEDIUM, 28, self.colours.muted, 0.75, "fade")
        )
        return found

    def chip(self, text: str) -> Row:
        """A filled pill that sits on the lower edge of the photo."""
        look = self._look(Weight.BOLD, 42, self.colours.on_accent)
        return self._pill([_line(text)], look, across=0.8, down=0.42, shadow=(0, 0, 0), delay_s=0.62)

    def _logo(self, logo: RGBA) -> Row:
        """On a plate where its colours would be lost in the ground."""
        picture = _fitted(logo, self._px(420), self._px(92))
        plate = plate_under(picture, self.colours.ground)
        if plate is None:
            return Row(picture, 0, 0.10)
        across, down = even_up(self._px(24)), even_up(self._px(10))
        sheet = blank(picture.shape[1] + 2 * across, picture.shape[0] + 2 * down)
        lay(sheet, rounded(sheet.shape[1], sheet.shape[0], self._px(20)), plate)
        put(sheet, picture, across, down)
        return Row(sheet, 0, 0.10)

    def _offer(self, text: str) -> Row:
        """Accent on a breath of accent, so that the button stays the only filled thing; in two lines if it must be."""
        look = self._look(Weight.BOLD, 42, self.colours.accent)
        clean = drawable(text.replace("|", " "))[0]
        room = self.width - 2 * even(look.pixels * 0.8)
        lines = break_lines(atoms(clean), lambda line: advance_width(line, look), room, worst=Hurt.WORD)
        return self._pill(lines or [clean], look, across=0.8, down=0.42, shadow=None, delay_s=0.41, opacity=0.13)

    def _headline(self, text: str) -> Row:
        look = self._look(Weight.BOLD, 76, self.colours.ink)
        clean, _ = drawable(text)
        pieces = atoms(clean)
        lines = break_lines(pieces, lambda line: advance_width(line, look), self.width, worst=Hurt.INSIDE)
        lines = lines or self._by_phrases(pieces, look)
        # Without lines it is too wide: the caller sees that and draws everything smaller.
        return self._text(lines or [clean.replace("|", "")], Weight.BOLD, 76, self.colours.ink, 0.20)

    def _by_phrases(self, pieces: Sequence[Atom], look: TextLook) -> tuple[str, ...]:
        """Three lines, for a narrow column: each phrase by itself."""
        starts = [at for at, piece in enumerate(pieces) if at == 0 or piece.hurt <= Hurt.PAUSE]
        phrases = [pieces[start:end] for start, end in zip(starts, [*starts[1:], len(pieces)], strict=True)]
        broken = [
            break_lines(phrase, lambda line: advance_width(line, look), self.width, worst=Hurt.WORD)
            for phrase in phrases
        ]
        lines = tuple(line for found in broken for line in found)
        return lines if all(broken) and len(lines) <= MOST_LINES else ()

    def _price(self, card: EndCard) -> Row:
        """The price large, the list price small and struck, both on one base line."""
        big = self._look(Weight.BOLD, 136, self.colours.accent)
        price = draw_text([drawable(card.price_text)[0]], big)
        rim = even_up(big.rim)
        if not card.list_price_text:
            return Row(price, rim, 0.34, "pop")
        small = self._look(Weight.MEDIUM, 54, self.colours.muted)
        old_text = drawable(card.list_price_text, Weight.MEDIUM)[0]
        old, old_rim = draw_text([old_text], small), even_up(small.rim)
        left = price.shape[1] + even(big.pixels * 0.16)
        sheet = blank(left + old.shape[1] - 2 * old_rim + 2 * rim, price.shape[0])
        put(sheet, price, 0, 0)
        top = round(rim + (big.pixels - small.pixels) * 0.88) - old_rim
        put(sheet, old, left, top)
        middle = top + old_rim + small.pixels * (0.88 - 0.73 / 2)
        strike(sheet, left + old_rim, round(text_width(old_text, small)), middle, small)
        return Row(sheet, rim, 0.34, "pop")

    def _button(self, text: str) -> Row:
        look = self._look(Weight.BOLD, 58, self.colours.on_accent)
        return self._pill(
            [_line(text)], look, across=1.25, down=0.55, shadow=self.colours.accent, delay_s=0.48, pulse=0.03
        )

    def _pill(
        self,
        lines: Sequence[str],
        look: TextLook,
        *,
        across: float,
        down: float,
        shadow: RGB | None,
        delay_s: float,
        pulse: float = 0.0,
        opacity: float = 1.0,
    ) -> Row:
        drawn = draw_text(lines, look)
        inner, rim = even_up(look.rim), even_up(look.pixels * 0.5)
        pad_x, pad_y = even(look.pixels * across), even(look.pixels * down)
        wide, high = drawn.shape[1] - 2 * inner + 2 * pad_x, drawn.shape[0] - 2 * inner + 2 * pad_y
        sheet = blank(wide + 2 * rim, high + 2 * rim)
        shape = rounded(sheet.shape[1], sheet.shape[0], min(high / 2, look.pixels * (0.5 + down)), rim)
        if shadow is not None:
            lay(sheet, soft(shape, look.pixels * 0.2, 0, look.pixels * 0.14), shadow, 0.36)
        lay(sheet, shape, self.colours.accent, opacity)
        put(sheet, drawn, rim + pad_x - inner, rim + pad_y - inner)
        return Row(sheet, rim, delay_s, "pop", pulse)

    def _text(
        self, lines: Sequence[str], weight: Weight, size: float, fill: RGB, delay_s: float, enter: str = "rise"
    ) -> Row:
        look = self._look(weight, size, fill)
        return Row(draw_text(lines, look), even_up(look.rim), delay_s, enter)

    def _look(self, weight: Weight, size: float, fill: RGB) -> TextLook:
        return TextLook(weight, max(round(self._px(size)), 1), fill, align=self.align, line_height=1.22)

    def _px(self, size: float) -> float:
        return scaled(size * self.fit, self.canvas)


def _line(text: str) -> str:
    return drawable(text.replace("|", " "))[0]


def _fitted(picture: RGBA, width: float, height: float) -> RGBA:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (even_up(picture.shape[1] * scale), even_up(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
