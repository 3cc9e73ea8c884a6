"""Ranking without a model: rules one by one, oddities, the checker against wrong answers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from punte.engines.matching.check import check_ranking
from punte.engines.matching.collection import Collection, encoded_text
from punte.engines.matching.explain import Explainer
from punte.engines.matching.instance import Item, Question
from punte.engines.matching.result import Ranking, SentencePair, SharedCodes, SharedTerms
from punte.engines.matching.solve import Options, rank
from punte.engines.matching.text import sentences_of
from punte.engines.matching.weights import Weights
from punte.kernel.anytime import Deadline
from punte.kernel.errors import InvalidInputError

WEIGHTS = Weights()

OFFERS = (
    Item(
        id="O1", lang="ro", title="Radar de supraveghere", text="Radar 3D cu rază mare de acțiune."
    ),
    Item(
        id="O2",
        lang="ro",
        title="Ambulanță blindată",
        text="Vehicul sanitar cu protecție balistică.",
    ),
    Item(id="O3", lang="en", title="Field hospital", text="Modular tents and surgical equipment."),
    Item(id="O4", lang="uk", title="Радар контрбатарейний", text="Виявлення артилерії."),
    Item(id="O5", lang="en", title="Bridge layer", text="Assault bridge for wheeled vehicles."),
)


class PlantedEncoder:
    """Knows a few texts by their first word; the rest get directions of their own."""

    name = "planted"
    sha256 = "0" * 64
    MEANING = ("radar", "радар", "hospital", "spital")

    def encode(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        vectors = np.zeros((len(texts), 8), dtype=np.float32)
        for row, text in enumerate(texts):
            known = [at // 2 for at, word in enumerate(self.MEANING) if word in text.lower()]
            vectors[row, known[0] if known else 3 + len(text) % 5] = 1.0
        return vectors


def order_of(ranking: Ranking, need_id: str) -> list[str]:
    return [match.offer_id for match in ranking.matches if match.need_id == need_id]


def test_shared_words_come_first_and_are_named() -> None:
    need = Item(id="N1", lang="ro", title="radar", text="raza mare de actiune")
    ranking = rank(Question(needs=(need,), offers=OFFERS), WEIGHTS)
    best = ranking.matches[0]
    assert best.offer_id == "O1"
    terms = next(reason for reason in best.reasons if isinstance(reason, SharedTerms))
    assert {"radar", "raza", "actiune"} <= set(terms.terms)
    assert ranking.status == "optimal"
    assert not check_ranking(Question(needs=(need,), offers=OFFERS), ranking)


def test_cedilla_in_the_need_finds_comma_in_the_offer() -> None:
    need = Item(id="N1", text="ambulanţă cu protecţie balistică")
    assert order_of(rank(Question(needs=(need,), offers=OFFERS), WEIGHTS), "N1")[0] == "O2"


def test_cognates_cross_scripts_without_a_model() -> None:
    need = Item(id="N1", lang="bg", text="радар")
    assert set(order_of(rank(Question(needs=(need,), offers=OFFERS), WEIGHTS), "N1")[:2]) == {
        "O1",
        "O4",
    }


def test_a_model_finds_another_language_and_shows_the_sentences() -> None:
    need = Item(id="N1", lang="ro", text="spital mobil")
    question = Question(needs=(need,), offers=OFFERS)
    ranking = rank(question, WEIGHTS, encoder=PlantedEncoder())
    best = ranking.matches[0]
    assert best.offer_id == "O3"
    pair = next(reason for reason in best.reasons if isinstance(reason, SentencePair))
    assert (pair.need, pair.offer) == ("spital mobil", "Field hospital.")
    assert ranking.encoder.startswith("planted ")
    assert not check_ranking(question, ranking)


def test_declared_codes_are_a_bonus_never_a_filter() -> None:
    need = Item(id="N1", text="bridge for vehicles", cpv=("35722000",))
    coded = (*OFFERS[:2], replace(OFFERS[2], cpv=("35722000",)), *OFFERS[3:])
    plain = rank(Question(needs=(need,), offers=OFFERS), WEIGHTS)
    bonus = rank(Question(needs=(need,), offers=coded), WEIGHTS)
    assert sorted(order_of(bonus, "N1")) == sorted(order_of(plain, "N1"))
    found = next(match for match in bonus.matches if match.offer_id == "O3")
    assert found.components["codes"] == pytest.approx(WEIGHTS.fusion.codes)
    assert SharedCodes(system="cpv", codes=("35722000",)) in found.reasons
    other = next(match for match in bonus.matches if match.offer_id == "O5")
    assert other.components["codes"] == 0


def test_cpv_codes_agree_by_their_beginning() -> None:
    need = Item(id="N1", text="x", cpv=("35722000",))
    offers = (
        Item(id="O1", text="y", cpv=("35700000",)),
        Item(id="O2", text="y", cpv=("90000000",)),
    )
    first, second = rank(Question(needs=(need,), offers=offers), WEIGHTS).matches
    assert first.offer_id == "O1"
    assert SharedCodes(system="cpv", codes=("357",)) in first.reasons
    assert second.components["codes"] == 0


@pytest.mark.parametrize("division", ["30", "50", "60", "70", "80", "90"])
def test_a_cpv_division_that_ends_in_zero_counts_like_any_other(division: str) -> None:
    need = Item(id="N1", text="x", cpv=(f"{division}000000",))
    offers = (
        Item(id="O1", text="y", cpv=(f"{division}200000",)),
        Item(id="O2", text="y", cpv=("33000000",)),
    )
    first, second = rank(Question(needs=(need,), offers=offers), WEIGHTS).matches
    assert (first.offer_id, first.components["codes"]) == ("O1", 0.25)
    assert SharedCodes(system="cpv", codes=(division,)) in first.reasons
    assert (second.components["codes"], second.reasons) == (0, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "radar",
        "🚁 🚀",
        "<b>radar</b>",
        "\x00\x01",
        "雷达",
        "radar " * 100_000,
        "\ud800",
        "\u202eradar",
    ],
    ids=["empty", "blank", "word", "emoji", "markup", "control", "chinese", "long", "half", "bidi"],
)
def test_odd_texts_are_ranked(text: str) -> None:
    needs = (Item(id="N1", lang="xx-nonsense", text=text),)
    question = Question(needs=needs, offers=(*OFFERS, Item(id="O9", text=text)))
    ranking = rank(question, WEIGHTS, encoder=PlantedEncoder())
    assert not check_ranking(question, ranking)
    assert len(ranking.matches) == 6
    if "radar" in text:
        assert order_of(ranking, "N1")[0] in {"O1", "O9"}


@pytest.mark.parametrize(("needs", "offers"), [((), OFFERS), (OFFERS, ()), ((), ())])
def test_an_empty_side_gives_an_empty_answer(
    needs: tuple[Item, ...], offers: tuple[Item, ...]
) -> None:
    ranking = rank(Question(needs=needs, offers=offers), WEIGHTS, encoder=PlantedEncoder())
    assert ranking.matches == ()
    assert ranking.status == "optimal"


def test_an_encoder_reads_no_more_of_a_text_without_spaces_than_of_prose() -> None:
    prose = "Fabricăm radare mobile cu rază medie, livrate în optsprezece luni. " * 40
    assert encoded_text(Item(id="O", text=prose)) == " ".join(prose.split()[:150])
    for sign in ("<!--", "采购军用无人机系统和雷达设备。", "ระบบเรดาร์", "🚁", "%"):
        read = encoded_text(Item(id="O", text=sign * 1990))
        assert 0 < len(read) <= 900
        assert read.startswith(sign)
        assert sum(map(len, sentences_of(read))) <= 900


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("Camion de bucătărie pentru două din tabere", "Radar pentru țara din est și două mări"),
        ("Кухня для табору", "Радар для літака"),
        ("A kitchen for the camp", "Radar for the sea"),
        ("Une cuisine pour les camps", "Un radar pour les navires"),
    ],
)
def test_function_words_are_no_reason(asked: str, offered: str) -> None:
    offers = (Item(id="O1", text=offered), *(Item(id=f"P{n}", text="zzz") for n in range(9)))
    need = Item(id="N1", text=asked)
    ranking = rank(Question(needs=(need,), offers=offers), WEIGHTS)
    assert next(match for match in ranking.matches if match.offer_id == "O1").reasons == ()


def test_each_word_that_is_searched_tells_why_be_it_common_or_short() -> None:
    offers = tuple(Item(id=f"O{n}", text="EU planned works") for n in range(9))
    collection = Collection.of(offers, WEIGHTS)
    asked = Item(id="N1", text="planned in the EU")
    assert Explainer(collection, asked).reasons(0) == ()
    found = Explainer(collection, asked, is_search=True).reasons(0)
    assert [set(reason.terms) for reason in found] == [{"planned", "EU"}]


def test_a_scrap_of_a_text_is_not_shown_as_a_sentence() -> None:
    need = Item(id="N1", lang="ro", text="spital mobil")
    offers = (Item(id="O1", lang="en", text="Spital; 3. Field hospital with tents."),)
    ranking = rank(Question(needs=(need,), offers=offers), WEIGHTS, encoder=PlantedEncoder())
    (pair,) = (one for one in ranking.matches[0].reasons if isinstance(one, SentencePair))
    assert pair.offer == "Field hospital with tents.", "Spital; is as near and says less"


def test_the_order_of_the_files_changes_nothing() -> None:
    needs = tuple(Item(id=f"N{i}", text=item.text) for i, item in enumerate(OFFERS))
    forward = rank(Question(needs=needs, offers=OFFERS), WEIGHTS, encoder=PlantedEncoder())
    backward = rank(
        Question(needs=needs[::-1], offers=OFFERS[::-1]), WEIGHTS, encoder=PlantedEncoder()
    )
    assert forward == backward


def test_ties_go_by_id() -> None:
    offers = tuple(Item(id=name, text="same") for name in ("b", "a", "c"))
    ranking = rank(Question(needs=(Item(id="N", text="same"),), offers=offers), WEIGHTS)
    assert order_of(ranking, "N") == ["a", "b", "c"]


def test_reversed_lists_belong_to_the_offers() -> None:
    needs = (Item(id="N1", text="radar"), Item(id="N2", text="hospital tents"))
    question = Question(needs=needs, offers=OFFERS)
    ranking = rank(question, WEIGHTS, options=Options(is_reversed=True, top=1))
    found = {match.offer_id: match.need_id for match in ranking.matches}
    assert len(found) == len(OFFERS)
    assert (found["O1"], found["O3"]) == ("N1", "N2")
    assert not check_ranking(question, ranking)


def test_a_stop_keeps_what_is_done_and_says_so() -> None:
    deadline = Deadline()
    deadline.stop()
    ranking = rank(Question(needs=OFFERS, offers=OFFERS), WEIGHTS, deadline=deadline)
    assert (ranking.status, ranking.matches) == ("feasible", ())


def test_an_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"offers\[1\]\.id: 'O1' stands twice"):
        Question(needs=(), offers=(OFFERS[0], OFFERS[0]))


def test_a_collection_built_once_answers_as_the_whole_does() -> None:
    collection = Collection.of(OFFERS, WEIGHTS)
    assert [offer.id for offer in collection.offers] == ["O1", "O2", "O3", "O4", "O5"]
    scores = collection.word_scores([Item(id="N", text="radar")])
    assert scores.shape == (1, 5)
    assert scores[0].argmax() == 0


def test_the_checker_sees_wrong_answers() -> None:
    question = Question(needs=(Item(id="N1", text="radar"),), offers=OFFERS)
    ranking = rank(question, WEIGHTS)
    first, second, *rest = ranking.matches

    def faults(*matches: object) -> str:
        wrong = replace(ranking, matches=matches)  # type: ignore[arg-type]
        return " ".join(str(problem) for problem in check_ranking(question, wrong))

    assert "out of order" in faults(replace(second, rank=1), replace(first, rank=2), *rest)
    assert "expected rank 2" in faults(first, replace(second, rank=3), *rest)
    assert "not in the question" in faults(replace(first, offer_id="O77"), second, *rest)
    assert "stands twice" in faults(first, replace(first, rank=2), *rest)
    assert "sum of its components" in faults(replace(first, score=first.score + 1), second, *rest)
    assert "has 4 matches, expected 5" in faults(*ranking.matches[:4])
    assert "1 are missing" in faults()
