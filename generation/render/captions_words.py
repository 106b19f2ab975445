"""Where the words of a Chinese phrase begin: jieba with the set phrases of ads (captions_idioms.txt).

The dictionary is read once per process, when the first caption is set, and kept with jieba's own cache in
``settings.VAR_DIR``, so that the next process starts in a fraction of the time.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings

from generation.domain.captions_clusters import clusters

_FILE = Path(__file__).with_name("captions_idioms.txt")
_IDIOM_COUNT = 3000  # as frequent as a common word: the whole is then likelier than its parts


@cache
def idioms() -> tuple[str, ...]:
    """Our set phrases, in the order of the file."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=4096)
def words(phrase: str) -> tuple[str, ...]:
    """The phrase cut into words; put together they are the phrase again. No word ends inside a grapheme cluster."""
    if phrase.isascii():
        return tuple(phrase)  # Latin words are found by their letters; a dictionary has nothing to say
    return _whole_signs(phrase, _segmenter()(phrase))


def _whole_signs(phrase: str, found: Sequence[str]) -> tuple[str, ...]:
    """Put cuts inside an emoji or a combined letter back together: jieba knows single code points only."""
    at, heads = 0, {0}
    for word in found:
        at += len(word)
        heads.add(at)
    at, kept = 0, [0]
    for cluster in clusters(phrase):
        at += len(cluster)
        if at in heads:
            kept.append(at)
    return tuple(phrase[start:end] for start, end in pairwise(kept))


@cache
def _segmenter() -> Callable[[str], list[str]]:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(_cache_folder())
    tokenizer.initialize()
    for idiom in idioms():
        tokenizer.add_word(idiom, _IDIOM_COUNT)

    def cut(phrase: str) -> list[str]:
        return list(tokenizer.cut(phrase, HMM=False))  # guessing names of persons would make words of chance pairs

    return cut


def _cache_folder() -> Path:
    folder = Path(settings.VAR_DIR) / "words"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
