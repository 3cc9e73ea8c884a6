"""What a text says, freed of how it was typed: folding, words, sentences, scripts."""

import html
import re
import unicodedata
from typing import Final

_TAG: Final = re.compile(r"<(?:!--.*?--|/?[a-zA-Z][^<>]{0,2000}|\?[^<>]{0,2000})>", re.DOTALL)
_TAG_BUT_COMMENT: Final = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,2000}|\?[^<>]{0,2000})>")
_COMMENT_END: Final = "-->"
_MARK: Final = re.compile("[\u0300-\u036f]")
_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(
    "(?:[^\\W_]|[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0963\u0966-\u0df3])+"
)
"""Letters and digits with the marks that Hebrew, Arabic and the scripts of India put on them."""
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_PICTURE: Final = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?;\u2026\u3002\uff01\uff1f])\s+|\n{2,}")

_CYRILLIC: Final = (
    "a b v g d e j z i i k l m n o p r s t u f h ts ch sh sht a i - e iu ia"
    " e e dj gj e z i i j lj nj ch kj i u dj"
)
"""Sounds of U+0430 to U+045F, which is alphabetical order; a hyphen is no sound."""
_GREEK: Final = "a v g d e z i th i k l m n x o p r s s t i f h ps o"
"""Sounds of U+03B1 to U+03C9."""
_TRANSLITERATION: Final = str.maketrans(
    {
        **{chr(0x430 + at): sound.strip("-") for at, sound in enumerate(_CYRILLIC.split(" "))},
        **{chr(0x3B1 + at): sound for at, sound in enumerate(_GREEK.split(" "))},
        "\u0491": "g",
        **dict.fromkeys("'\u2019\u02bc", ""),
        "\u0131": "i",
        "ß": "ss",
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
    }
)
_SOUND: Final = re.compile(r"ph|ck|qu|th|[cqywz]|([a-z])\1")
_SOUND_AS: Final = {
    "ph": "f",
    "ck": "k",
    "qu": "kv",
    "th": "t",
    "c": "k",
    "q": "k",
    "y": "i",
    "w": "v",
    "z": "s",
}


def clean(text: str) -> str:
    r"""
    Return ``text`` without markup, control and invisible characters, in compatibility form.

    Parameters
    ----------
    text
        Any Unicode text; HTML or XML tags and entities are taken out, their content stays.

    Examples
    --------
    >>> clean("<p>Radar&nbsp;3D</p>\x00")
    'Radar 3D'
    """
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = html.unescape(text)
    text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(
            character
            if character.isprintable()
            else ""
            if unicodedata.category(character) == "Cf"
            else " "
            if character != "\n"
            else "\n"
            for character in text
        )
    return re.sub(r"[^\S\n]+", " ", text).strip()


def _without_tags(text: str) -> str:
    """Return ``text`` with a space for each tag and comment; after the last end of a comment none is looked for."""
    # A search for an end that never comes would read the rest of the text once for each beginning.
    end = text.rfind(_COMMENT_END)
    edge = 0 if end < 0 else end + len(_COMMENT_END)
    return _TAG.sub(" ", text[:edge]) + _TAG_BUT_COMMENT.sub(" ", text[edge:])


def beginning_of(text: str, effort: int) -> str:
    """
    Return as much of the beginning of a text as costs an encoder no more than ``effort``.

    A letter or digit of a script with spaces between words costs 1, a character of Chinese, Japanese, Thai and their
    like and any sign 2, a space nothing: an encoder makes up to one token of two letters, or of one sign.

    Parameters
    ----------
    text
        Any text.
    effort
        Most that it may cost, >= 1.

    Examples
    --------
    >>> beginning_of("two words", 8), beginning_of("two words", 6), beginning_of("<!--", 4)
    ('two words', 'two wor', '<!')
    """
    if 2 * len(text) <= effort:
        return text
    spent = 0
    for at, character in enumerate(text):
        if character.isspace():
            continue
        is_light = _WORD.match(character) and not _UNSPACED.match(character)
        spent += 1 if is_light else 2
        if spent > effort:
            return text[:at]
    return text


def fold(text: str) -> str:
    """
    Return ``text`` in lower case without diacritics; Romanian s and t fold with cedilla or comma.

    Only the marks of Latin, Greek and Cyrillic go (U+0300 to U+036F): in Devanagari or Hebrew a
    mark is a vowel.

    Examples
    --------
    >>> fold("Țintă și ţintă")
    'tinta si tinta'
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize(
        "NFC", _MARK.sub("", unicodedata.normalize("NFD", text.casefold()))
    )


def words_of(folded: str) -> list[str]:
    """
    Return the words of a folded text in order.

    Runs of scripts that put no space between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese)
    give pairs of neighbouring characters; a picture character (emoji) is a word of its own.

    Examples
    --------
    >>> words_of("5g radar, 雷达站 🚁")
    ['5g', 'radar', '雷达', '达站', '🚁']
    """
    if folded.isascii():
        return _WORD.findall(folded)
    folded = _PICTURE.sub(lambda found: f" {found.group()} ", folded)
    words: list[str] = []
    for piece in folded.split():
        if len(piece) == 1 and _PICTURE.match(piece):
            words.append(piece)
            continue
        for word in _WORD.findall(piece):
            words.extend(_pairs_of(word) if _UNSPACED.search(word) else [word])
    return words


def _pairs_of(word: str) -> list[str]:
    """Return neighbouring pairs of the unspaced runs in ``word``, and the rest as words."""
    words: list[str] = []
    start = 0
    for found in _UNSPACED.finditer(word):
        if found.start() > start:
            words.append(word[start : found.start()])
        run = found.group()
        words.extend(run[at : at + 2] for at in range(max(1, len(run) - 1)))
        start = found.end()
    if start < len(word):
        words.append(word[start:])
    return words


def sounds_of(folded: str) -> str:
    """
    Return a folded text in rough Latin sounds, so that cognates in other scripts look alike.

    Cyrillic and Greek are transliterated; spellings that differ between languages for one sound
    (ph and f, c and k, y and i, doubled letters) become one.

    Examples
    --------
    >>> sounds_of("радар"), sounds_of("telephone"), sounds_of("телефон")
    ('radar', 'telefone', 'telefon')
    """
    latin = folded if folded.isascii() else folded.translate(_TRANSLITERATION)
    return _SOUND.sub(lambda found: _SOUND_AS.get(found.group()) or found.group()[0], latin)


def sentences_of(cleaned: str, *, most: int = 40) -> list[str]:
    """
    Return the first sentences of a cleaned text, each with at least one word.

    Parameters
    ----------
    cleaned
        A text from ``clean``.
    most
        Number of sentences kept, >= 1.
    """
    found: list[str] = []
    for piece in _SENTENCE_END.split(cleaned):
        sentence = _SPACE.sub(" ", piece).strip()
        if _WORD.search(sentence):
            found.append(sentence)
            if len(found) == most:
                break
    return found


def script_of(text: str) -> str:
    """
    Return the script that most letters of ``text`` belong to.

    One of ``latin``, ``cyrillic``, ``greek``, ``other``. An empty text, or one without letters, gives ``""``.
    """
    counts = {"latin": 0, "cyrillic": 0, "greek": 0, "other": 0}
    for character in text[:2000]:
        if not character.isalpha():
            continue
        point = ord(character)
        if point < 0x250 or 0x1E00 <= point < 0x1F00:
            counts["latin"] += 1
        elif 0x400 <= point < 0x530:
            counts["cyrillic"] += 1
        elif 0x370 <= point < 0x400:
            counts["greek"] += 1
        else:
            counts["other"] += 1
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""
