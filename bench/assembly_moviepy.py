"""The ad of ``assembly_material`` as a user of MoviePy writes it: clips with cross-fades, texts and pictures over them, sound.

It is the same ad: the same shots, words, times and places, the same voice and music, which steps back while the voice speaks,
the same settings of the encoder. It is given for nothing: the end card's drawings, the brand mark's and the label's, and the
music as a file. Left out, though ours has it: contrast that is watched, sound brought to one loudness, colours that are tagged.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from assembly_material import CARD, FPS
from moviepy import (
    AudioClip,
    AudioFileClip,
    CompositeAudioClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    VideoClip,
    VideoFileClip,
    afx,
    vfx,
)

if TYPE_CHECKING:
    from generation.domain.cut_order import ClipFile
    from generation.domain.timeline import Overlay, Timeline
    from generation.render.stage import Cue
    from generation.render.staging import Staging
    from generation.render.yuv import RGBA, Bytes

FONT = Path(__file__).resolve().parent.parent / "generation" / "fonts" / "NotoSansSC-Bold.ttf"
LOUD, LOW = 0.5, 0.15  # the music alone, and under the voice


def write(folder: Path, made: "Timeline", staging: "Staging", clips: "dict[str, ClipFile]", options: list[str]) -> None:
    """``options``: the encoder's, as ffmpeg takes them; they stand behind MoviePy's own and win."""
    from generation.domain.timeline import OverlayKind

    layers = _shots(made, staging, clips)
    for overlay in made.overlays:
        if overlay.kind is OverlayKind.CAPTION:
            layers += _caption(overlay)
        elif overlay.kind is OverlayKind.PRICE_TAG:
            layers.append(_price_tag(overlay))
    layers += [_given(cue, 0, made.duration) for cue in _drawn(made, staging)]
    layers += _card(made, staging)
    whole = CompositeVideoClip(layers, size=(1080, 1920)).with_duration(made.duration / FPS)
    whole = whole.with_audio(_sound(folder, made))
    whole.write_videofile(
        str(folder / "moviepy.mp4"), fps=FPS, logger=None, temp_audiofile_path=str(folder),
        audio_codec="aac", audio_fps=48_000, ffmpeg_params=options,
    )  # fmt: skip


def _shots(made: "Timeline", staging: "Staging", clips: "dict[str, ClipFile]") -> list[VideoClip]:
    from generation.domain.timeline_rules import handles, starts
    from generation.render.yuv import to_rgb

    layers = []
    for shot, start, (head, _) in zip(made.shots, starts(made.shots), handles(made.shots), strict=True):
        if shot.clip:
            movie = VideoFileClip(str(clips[shot.clip].path), audio=False)
        elif staging.card is not None:
            movie = ImageClip(to_rgb(staging.card.ground), duration=(head + CARD) / FPS)
        fade = [vfx.CrossFadeIn(2 * head / FPS)] if head else []
        layers.append(movie.with_start((start - head) / FPS).with_effects(fade))
    return layers


def _caption(overlay: "Overlay") -> list[VideoClip]:
    """Both languages rise to their places and fade."""
    sizes = ((overlay.text.replace("|", "\n"), 84, "white", 1120), (overlay.second_text, 52, "#FFD54A", 1360))
    return [_shown(_text(words, size, colour, 8), overlay, y) for words, size, colour, y in sizes]


def _price_tag(overlay: "Overlay") -> VideoClip:
    words = f" {overlay.text}  {overlay.second_text} "
    tag = TextClip(font=str(FONT), text=words, font_size=72, color="white", bg_color="#D9381E", margin=(24, 40))
    return _shown(tag, overlay, 420)


def _text(words: str, size: int, colour: str, stroke: int) -> TextClip:
    return TextClip(
        font=str(FONT), text=words, font_size=size, color=colour, stroke_color="black", stroke_width=stroke,
        margin=(20, 20), text_align="center",
    )  # fmt: skip


def _shown(movie: VideoClip, overlay: "Overlay", y: int) -> VideoClip:
    def place(t: float) -> tuple[str, float]:
        return "center", y + 60 * max(0.0, 1 - t / 0.2)

    shown = movie.with_duration((overlay.end - overlay.start) / FPS).with_start(overlay.start / FPS)
    return shown.with_effects([vfx.CrossFadeIn(0.2), vfx.CrossFadeOut(0.15)]).with_position(place)


def _drawn(made: "Timeline", staging: "Staging") -> list["Cue"]:
    """The brand mark and the label."""
    from generation.domain.timeline import OverlayKind

    (mark,) = [over for over in made.overlays if over.kind is OverlayKind.BRAND_MARK]
    marks = [cue for cue in staging.cues if (cue.start, cue.end) == (mark.start, mark.end)]
    return [marks[0], staging.label.cue]


def _card(made: "Timeline", staging: "Staging") -> list[VideoClip]:
    """The photo comes slowly nearer, the rows enter in turn."""
    if staging.card is None or staging.card.photo is None:
        raise ValueError("the bench's ad has an end card with a photo")
    begin, photo = made.duration - CARD, staging.card.photo
    panel = ImageClip(_straight(photo.sheet), duration=CARD / FPS).with_effects(
        [vfx.CrossFadeIn(0.5), vfx.Resize(lambda t: 1 + 0.02 * t)]
    )
    layers = [panel.with_start(begin / FPS).with_position((photo.box.x, photo.box.y))]
    return [*layers, *(_given(cue, begin, made.duration) for cue in staging.card.cues)]


def _given(cue: "Cue", shift: int, until: int) -> VideoClip:
    """A picture that is drawn already; what is on the card stays."""
    last = min(cue.end + shift, until)
    movie = ImageClip(_straight(cue.picture), duration=(last - cue.start - shift) / FPS)
    fades = [vfx.CrossFadeIn(cue.enter_s), *([] if shift else [vfx.CrossFadeOut(cue.leave_s)])]
    return movie.with_effects(fades).with_start((cue.start + shift) / FPS).with_position((cue.x, cue.y))


def _sound(folder: Path, made: "Timeline") -> AudioClip:
    voice, music = AudioFileClip(str(folder / "voice.wav")), AudioFileClip(str(folder / "music.wav"))
    lines = [] if made.voice is None else made.voice.lines
    said = [voice.subclipped(0, line.frames / FPS).with_start(line.start / FPS) for line in lines]
    spans = [(line.start / FPS, (line.start + line.frames) / FPS) for line in lines]

    def ducked(get: Any, t: Any) -> Any:
        moments = np.asarray(t, float)
        under = np.zeros(moments.shape, bool)
        for start, end in spans:
            under |= (moments >= start) & (moments < end)
        return get(t) * np.where(under, LOW, LOUD)[..., None]

    bed = music.transform(ducked, keep_duration=True).with_effects([afx.AudioFadeOut(1.0)])
    return CompositeAudioClip([bed, *said]).with_duration(made.duration / FPS)


def _straight(premultiplied: "RGBA") -> "Bytes":
    """8 bits, colour not multiplied by alpha, as MoviePy takes it."""
    alpha = premultiplied[:, :, 3:]
    colour = np.divide(premultiplied[:, :, :3], alpha, out=np.zeros_like(premultiplied[:, :, :3]), where=alpha > 0)
    return np.rint(255 * np.dstack([colour, alpha])).clip(0, 255).astype(np.uint8)
