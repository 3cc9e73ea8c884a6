import numpy as np
import pytest

from punte.engines.matching.instance import Item, Question
from punte.engines.matching.language_free import LanguageFree, language_directions
from punte.engines.matching.result import SharedTopics
from punte.engines.matching.solve import rank
from punte.engines.matching.thesaurus import Lines, Thesaurus
from punte.engines.matching.weights import Weights

LINES = Lines(
    codes=("33000000", "35722000", "35412000", "44212000"),
    labels={
        "en": ("Medical equipment", "Radar", "Armoured vehicles", "Bridges"),
        "ro": ("Echipamente medicale", "Radar", "Vehicule blindate", "Poduri"),
        "uk": ("Медичне обладнання", "Радар", "Бронетехніка", "35722000-1"),
    },
)
THESAURUS = Thesaurus.of(LINES, sha256="f" * 64)


def test_a_line_is_nearest_to_itself_in_every_language() -> None:
    for lang, labels in LINES.labels.items():
        for at, label in enumerate(labels):
            if (lang, at) != ("uk", 3):
                near = THESAURUS.similarities([label])[0]
                assert near.argmax() == at
                assert near[at] == pytest.approx(1.0, abs=1e-5)


def test_repeated_and_empty_lines_are_left_out() -> None:
    # 12 lines, less Romanian "Radar" that repeats the English one, less one without letters.
    assert THESAURUS.table.shape[1] == 10
    assert LINES.label(1, "ro-MD") == "Radar"
    assert LINES.label(2, "fr") == "Armoured vehicles"


def test_suggestions_are_codes_with_something_in_common() -> None:
    assert THESAURUS.suggest("vehicul blindat pentru infanterie", top=3)[0][0] == "35412000"
    assert THESAURUS.suggest("", top=3) == []
    assert THESAURUS.suggest("xqzj", top=3) == []


def test_codes_bridge_languages_without_a_model_and_are_shown() -> None:
    need = Item(id="N", lang="ro", title="Vehicule blindate")
    offers = (
        Item(id="A", lang="en", title="Medical equipment"),
        Item(id="B", lang="en", title="Armoured vehicles"),
        Item(id="C", lang="uk", title="Бронетехніка"),
    )
    ranking = rank(Question(needs=(need,), offers=offers), Weights(), thesaurus=THESAURUS)
    assert {match.offer_id for match in ranking.matches[:2]} == {"B", "C"}
    topics = next(
        reason for reason in ranking.matches[0].reasons if isinstance(reason, SharedTopics)
    )
    assert topics.codes[0] == "35412000"
    assert topics.labels[0] == "Vehicule blindate"
    assert ranking.thesaurus_sha256 == "f" * 64


def test_the_gate_is_shut_for_what_is_no_product_line() -> None:
    need = Item(id="N", text="We would quite like to hear what everybody thinks of tomorrow.")
    offers = (Item(id="A", title="Medical equipment"), Item(id="B", title="Radar"))
    ranking = rank(Question(needs=(need,), offers=offers), Weights(), thesaurus=THESAURUS)
    assert all(match.components["thesaurus"] == 0 for match in ranking.matches)


def test_an_empty_vocabulary_is_no_help_and_no_harm() -> None:
    empty = Thesaurus.of(Lines(codes=(), labels={}))
    question = Question(needs=(Item(id="N", text="a b"),), offers=(Item(id="A", text="a b"),))
    assert rank(question, Weights(), thesaurus=empty).matches[0].components["thesaurus"] == 0


class Planted:
    """Says what in the first two numbers and in which language in the others."""

    name = "planted"
    sha256 = "1" * 64

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.array([[float(part) for part in text.split()] for text in texts], np.float32)


def test_language_is_taken_out_and_meaning_stays() -> None:
    means = np.array([[1.0, 1.0, 5.0, 0.0], [1.0, 1.0, 0.0, 4.0], [1.0, 1.0, 0.0, 0.0]])
    free = LanguageFree(Planted(), language_directions(means, 2))  # type: ignore[arg-type]
    one, other, third = free.encode(["3 1 5 0", "3 1 0 4", "1 3 5 0"])
    assert np.allclose(one, other, atol=1e-6)
    assert np.linalg.norm(one - third) > 2
    assert free.sha256 != Planted.sha256
