# ruff: noqa: RUF001 - Ukrainian words are written in Ukrainian letters
"""Words that hold a sentence together and say nothing of what it is about: no reason, no find, no hint."""

from typing import Final

from punte.engines.matching.text import clean, fold, words_of

_WORDS: Final = """
a al ale alta alte alt altul am ar are as asta au avea avem aveti ca caci cand care ce cea cei cel cele chiar cine cu cum cat
cate câte câți da dacă dar de deci deja deoarece departe despre din dintre doi două doar după ea ei el ele era este fi fie
fiecare fiind fost foarte iar în încă între întru îi îl își la le li lor lui mai mea mei mele meu mult multe mulți nici niște
noi nostru noastră noastre noștri nu o or ori orice oricare pe pentru peste poate pot până prea prin printre sa să sale sau se
si și sunt sub suntem sus ta tot toate toată toți trei trebuie un una unei unele unor unui unii unul va vă vor voi
a about above after again all also am an and any are as at be because been before being below between both but by can could did
do does during each either every few for from further had has have having he her here his how i if in into is its itself just
may might more most must my no nor not of off on once one only or other our out over own per same shall she should so some such
than that the their them then there these they this those through to too two three under until up us very via was we were what
when where which while who whom why will with within without would you your
à afin ainsi alors après au aucun aussi autre autres aux avec avant avoir avons bien car ce ceci cela celle celles celui ces cet
cette ceux chaque chez comme contre d dans de depuis des deux dont du elle elles en encore entre est et étaient était été être
eux fait faire il ils je jusque l la le les leur leurs lors lui mais même mêmes moins n ne ni nos notre nous on ont ou où par pas
pendant peu peut plus pour pourquoi puis qu quand que quel quelle quelles quels qui s sa sans se selon ses si sera soit son sont
sous sur ta tel telle toujours tous tout toute toutes très trois un une vers vos votre vous y
а або аби адже але без би був була були було бути в вам вас ваш вже ви від він вона вони воно все всі де для до є же з
за зі із й його її їх їм і й коли крім ми може між мій на над нам нас наш наша наші не нею ні ним них о об один одна одне
однак особливо ось під по при про перед поза протягом та так також такий такі там те ти тим тих то тобто той того тому тут тільки
у усі хоча хто це цей ця ці цих цього чи через чим що щоб щодо як яка яке який яких які якщо я два дві три
"""

FUNCTION_WORDS: Final = frozenset(words_of(fold(_WORDS)))
"""Romanian, English, French and Ukrainian, folded; without *eu*, *ai* and *it*, which are names of things as well."""


def has_telling_word(text: str) -> bool:
    """
    Return whether a text has a word that is more than a function word.

    Examples
    --------
    >>> has_telling_word("pentru două din"), has_telling_word("pod pentru două din")
    (False, True)
    """
    return any(word not in FUNCTION_WORDS for word in words_of(fold(clean(text))))
