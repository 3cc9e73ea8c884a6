"""What people write is kept whole or refused: nothing is cut behind their back."""

from django.utils.translation import gettext as _

from punte.kernel.errors import PunteError

QUOTED = 60
"""Characters of a refused text that the refusal quotes."""


class TooLongError(PunteError):
    """A text is longer than its field; nothing was kept of it."""


def one_line(text: str, most: int) -> str:
    """
    Return a text on one line, its spaces single, whole.

    Parameters
    ----------
    most
        Characters that its field holds [count].

    Raises
    ------
    TooLongError
        It has more.
    """
    return _whole(" ".join(text.split()), most)


def whole_text(text: str, most: int) -> str:
    """
    Return a text without what is empty around it, whole; refused as :func:`one_line` refuses.

    A browser counts the end of a line as one character and sends it as two, so each is made one before they are counted.
    """
    return _whole(text.replace("\r\n", "\n").replace("\r", "\n").strip(), most)


def _whole(text: str, most: int) -> str:
    if len(text) > most:
        raise TooLongError(
            _("“%(text)s…” has %(count)d characters, and %(most)d are the most. Shorten it.")
            % {"text": " ".join(text[:QUOTED].split()), "count": len(text), "most": most}
        )
    return text
