"""Check that a ranking is well-formed and true to its own figures."""

from itertools import groupby, pairwise

from punte.engines.matching.instance import Question
from punte.engines.matching.result import Match, Ranking
from punte.kernel.errors import Problem

TOLERANCE = 2e-5
"""Allowed difference between a score and the sum of its components, which are rounded apart."""


def check_ranking(question: Question, ranking: Ranking) -> tuple[Problem, ...]:
    """
    Return every fault of a ranking; none when it may be shown.

    It looks at ids, lengths, the sequence of ranks, the order of scores with ties by id, and whether
    each score is the sum of its components. It doesn't score texts again.

    Parameters
    ----------
    question
        What was asked.
    ranking
        What was answered.
    """
    asked = question.reversed if ranking.is_reversed else question

    def ends(match: Match) -> tuple[str, str]:
        pair = (match.need_id, match.offer_id)
        return (pair[1], pair[0]) if ranking.is_reversed else pair

    problems: list[Problem] = []
    answered: set[str] = set()
    for seeker, group in groupby(ranking.matches, key=lambda match: ends(match)[0]):
        matches = list(group)
        place = f"list of {seeker!r}"
        if asked.need(seeker) is None:
            problems.append(Problem(place=place, what="is not in the question."))
        if seeker in answered:
            problems.append(Problem(place=place, what="stands in two places."))
        answered.add(seeker)
        expected = min(ranking.top, len(asked.offers))
        if len(matches) != expected:
            problems.append(
                Problem(place=place, what=f"has {len(matches)} matches, expected {expected}.")
            )
        problems.extend(_faults_of_list(asked, [(ends(m)[1], m) for m in matches], place))
    missing = [item.id for item in asked.needs if item.id not in answered]
    if missing and asked.offers and ranking.status == "optimal":
        problems.append(Problem(place="lists", what=f"{len(missing)} are missing: {missing[:5]}."))
    return tuple(problems)


def _faults_of_list(asked: Question, matches: list[tuple[str, Match]], place: str) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for position, (found, match) in enumerate(matches, start=1):
        here = f"{place}, rank {match.rank}"
        if match.rank != position:
            problems.append(Problem(place=here, what=f"expected rank {position}."))
        if asked.offer(found) is None:
            problems.append(Problem(place=here, what=f"{found!r} is not in the question."))
        if found in seen:
            problems.append(Problem(place=here, what=f"{found!r} stands twice."))
        seen.add(found)
        if abs(match.score - sum(match.components.values())) > TOLERANCE:
            problems.append(Problem(place=here, what="the score is not the sum of its components."))
    for (first_id, first), (second_id, second) in pairwise(matches):
        if (-first.score, first_id) > (-second.score, second_id):
            problems.append(
                Problem(place=f"{place}, rank {second.rank}", what="stands out of order.")
            )
    return problems
