"""The tokens of a template, and where white space beside them would show to a reader."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

LEAVES: Final = frozenset(
    {"caption", "dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "legend"}
    | {"li", "option", "p", "summary", "td", "th", "title"}
)
HOLDERS: Final = frozenset(
    {"article", "aside", "blockquote", "body", "colgroup", "details", "div", "dl", "fieldset"}
    | {"figure", "footer", "form", "head", "header", "html", "main", "nav", "noscript", "ol"}
    | {"optgroup", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
"""Elements that hold nothing but blocks: white space after their opening tag is never all that they hold."""
BLOCKS: Final = LEAVES | HOLDERS | {"col", "hr", "link", "meta"}
ROWS: Final = frozenset(
    [
        "cards",
        "crumbs",
        "facts",
        "figures",
        "filters",
        "grid",
        "legend",
        "pages",
        "row",
        "slots",
        "steps",
    ]
)
"""Classes of the design whose children are laid out as flexible boxes or a grid, whatever the width."""
EMPTIED: Final = frozenset({"panel"})
"""Classes that the design hides where their element holds nothing, not even white space."""
VOID: Final = frozenset(
    [
        "area",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "path",
        "use",
        "rect",
        "circle",
        "line",
    ]
)
PAIRS: Final = frozenset(["if", "for", "with", "block", "autoescape", "language"])
TURNS: Final = frozenset(["elif", "else", "empty"])

_VALUE: Final = r"\"(?:\{%.*?%\}|\{\{.*?\}\}|[^\"])*\"|'(?:\{%.*?%\}|\{\{.*?\}\}|[^'])*'"
_TOKEN: Final = re.compile(
    r"(?P<whole>\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}|\{% block (?:title|wide)\w* %\}.*?\{% endblock %\}"
    r"|\{% (?P<kept>comment|verbatim)\b.*?\{% end(?P=kept) %\}|<(?P<raw>pre|textarea|script|style)\b.*?</(?P=raw)>|<!.*?>)"
    r"|(?P<control>\{%.*?%\})|(?P<word>\{\{.*?\}\}|\{#.*?#\})"
    rf"|(?P<tag></?[a-zA-Z][\w-]*(?:\{{%.*?%\}}|\{{\{{.*?\}}\}}|{_VALUE}|[^<>\"'])*>)"
    r"|(?P<space>\s+)|(?P<text>[^\s<{]+|.)",
    re.DOTALL,
)
_PIECE: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a template that is never broken, but for a tag between its attributes."""

    text: str
    kind: str
    name: str = ""
    opens: bool = False
    closes: bool = False
    holds: bool = False
    """Whether its element is never empty, so that white space inside beside it does not show."""
    is_in_row: bool = False
    is_free: bool = False
    """Whether white space before it does not show."""

    @property
    def deepens(self) -> bool:
        """Whether what it opens lies deeper: all but a page's blocks."""
        return self.name not in {"block", "endblock", "html", "body"}

    @property
    def is_block(self) -> bool:
        """Whether white space outside beside it does not show."""
        return self.kind == "tag" and self.name in BLOCKS


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a template in their order; white space is a token of its own."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "text"
        kind = "whole" if kind in {"kept", "raw"} else kind
        piece = match.group()
        name, opens, closes = "", False, False
        if kind == "tag":
            piece = " ".join(attributes(piece))
            name = re.match(r"</?([\w-]+)", piece)[1].lower()  # type: ignore[index]
            closes = piece.startswith("</")
            opens = not closes and name not in VOID and not piece.endswith("/>")
        elif kind == "control":
            name = piece[2:-2].split()[0]
            opens = name in PAIRS or name in TURNS
            closes = name in TURNS or (name.removeprefix("end") in PAIRS and name.startswith("end"))
        found.append(Token(piece, kind, name, opens, closes))
    return found


def attributes(tag: str) -> list[str]:
    """Return a tag apart at the white space between its attributes: not in a value, and not under a condition."""
    parts, quote, conditions = [""], "", 0
    for piece in _PIECE.findall(tag):
        if piece.startswith("{%"):
            name = piece[2:-2].split()[0]
            conditions += (name in PAIRS) - (name.removeprefix("end") in PAIRS - {name})
        elif not conditions and piece in {'"', "'"}:
            quote = "" if quote == piece else quote or piece
        if piece.isspace() and not quote and not conditions:
            parts.append("")
        else:
            parts[-1] += piece
    return [part for part in parts if part]


def _after(token: Token) -> bool | None:
    """Whether white space right after a token does not show; None where the token says nothing itself."""
    if token.kind == "control":
        return None if token.opens or token.closes or token.name == "load" else False
    if token.is_block:
        return token.closes or token.name in VOID or token.holds
    return False


def _ends(tokens: list[Token], *, is_page: bool) -> Iterator[bool]:
    """Yield for each token whether whatever may stand before it, on any way through the conditions, ends a block."""
    now = is_page
    stack: list[tuple[bool, list[bool], bool]] = []
    for token in tokens:
        yield now
        said = None if token.kind == "space" else _after(token)
        if said is not None:
            now = said
        elif token.kind != "control" or token.name == "load":
            continue
        elif token.name in TURNS and stack:
            before, ways, _ = stack.pop()
            stack.append((before, [*ways, now], token.name != "elif"))
            now = before
        elif token.opens:
            stack.append((now, [], token.name in {"block", "with"}))
            now = is_page if token.name == "block" else now and token.name != "for"
        elif stack:
            before, ways, is_whole = stack.pop()
            now = all([now, *ways, *([] if is_whole else [before])])


def marked(tokens: list[Token], *, is_page: bool) -> list[Token]:
    """Return the tokens with what white space beside them does: elements first, then every gap."""
    tokens = _with_elements(tokens)
    found = []
    last = Token("", "control")
    for token, is_end in zip(tokens, _ends(tokens, is_page=is_page), strict=True):
        is_free = is_end or (token.is_block and (token.holds or not token.closes))
        if token.is_in_row:
            is_free |= token.kind == "tag" or last.kind == "tag"
        found.append(replace(token, is_free=is_free))
        last = last if token.kind == "space" else token
    return found


def _with_elements(tokens: list[Token]) -> list[Token]:
    """Say of each element whether it holds something in any case, and of each token whether a row holds it."""
    found = list(tokens)
    open_ones: list[int] = []
    surely: dict[int, bool] = {}
    conditions = 0
    heights: dict[int, int] = {}
    for number, token in enumerate(tokens):
        if token.kind == "control" and token.name not in TURNS:
            conditions += token.opens - token.closes
        parent = open_ones[-1] if open_ones else None
        if token.kind == "tag" and token.closes:
            while open_ones and tokens[open_ones[-1]].name != token.name:
                open_ones.pop()
            if open_ones:
                start = open_ones.pop()
                holds = (token.name in HOLDERS and not _may_be_empty(tokens[start])) or surely[
                    start
                ]
                found[start] = replace(found[start], holds=holds)
                found[number] = replace(
                    found[number], holds=holds, is_in_row=_is_row(tokens[start])
                )
            continue
        if parent is not None:
            found[number] = replace(found[number], is_in_row=_is_row(tokens[parent]))
            is_sure = token.kind in {"tag", "text", "whole"} and conditions == heights[parent]
            surely[parent] |= is_sure
        if token.opens and token.kind == "tag":
            open_ones.append(number)
            surely[number], heights[number] = False, conditions
    return found


def _classes(token: Token) -> set[str]:
    found = re.search(r"class=\"([^\"]*)\"", token.text)
    return set(found[1].split()) if found else set()


def _is_row(token: Token) -> bool:
    """Whether an element lays its children out itself, so that white space between them does not show."""
    return token.is_block and not ROWS.isdisjoint(_classes(token))


def _may_be_empty(token: Token) -> bool:
    return not EMPTIED.isdisjoint(_classes(token))
