"""What a shot shows, in words, for engines that read; those that only look at the photo get none."""

from generation.domain.engine_spec import EngineSpec
from templates_engine.domain.facts import ProductFacts

NAMELESS = "the product in the photo"  # for an engine without Chinese, of a product that has a Chinese name only
ROLES = {
    "hook": "eye-catching opening shot of an advertisement",
    "pain": "everyday scene",
    "reveal": "hero shot of an advertisement",
    "demo": "the product in use",
    "cta": "calm closing shot of an advertisement",
}
USUAL = "product shot of an advertisement"


def prompt(facts: ProductFacts, role: str, engine: EngineSpec) -> str:
    """Empty for an engine that reads nothing, so that a new name does not make it film the same shot again."""
    if not engine.prompt_chars:
        return ""
    known = [word for word in (facts.name, facts.category, facts.scene) if word and _legible(word, engine)]
    subject = ", ".join(known) or NAMELESS
    return f"{subject}; {ROLES.get(role, USUAL)}, clean light"[: engine.prompt_chars]


def _legible(word: str, engine: EngineSpec) -> bool:
    return engine.reads_chinese or not any("\u2e80" <= character <= "\uffef" for character in word)
