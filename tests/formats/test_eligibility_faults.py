"""Faults of meaning in rules files, cases and questions are refused, each with its place."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main
from punte.formats.eligibility import parse_case, parse_question
from punte.formats.eligibility_rules import parse_rule_set, rule_set, shipped_countries
from punte.kernel.errors import InvalidInputError

Edit = Callable[[dict[str, Any]], object]
CASE: dict[str, Any] = {
    "format": "punte.eligibility.case/1",
    "categories": ["1d"],
    "participants": [{"country": "RO", "role": "borrower"}, {"country": "FR"}],
    "entities": [{"id": "C", "country": "RO", "mitigations": ["fdi_screening"]}],
    "components": [{"id": "a", "origin": "RO", "cost": "6"}],
    "flags": {"harmful_components": False},
}
QUESTION: dict[str, Any] = {
    "format": "punte.eligibility.question/1",
    "categories": ["1d"],
    "parts": ["radar"],
    "participants": [{"country": "RO", "role": "borrower"}],
    "offers": [
        {
            "id": "O",
            "organisation": {"country": "RO"},
            "covers": ["radar"],
            "price": "5",
            "flags": {"harmful_components": False},
        }
    ],
}


def rules_file() -> dict[str, Any]:
    text = (files("punte.formats") / "eligibility_data" / "safe.json").read_text()
    found: dict[str, Any] = json.loads(text)
    found["translations"] = {}
    return found


def rule(record: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in record["rules"] if each["id"] == name)
    return found


def faults_of(parse: Callable[[bytes], object], record: dict[str, Any]) -> str:
    with pytest.raises(InvalidInputError) as refusal:
        parse(json.dumps(record).encode())
    return str(refusal.value)


def parse_rules(content: bytes) -> object:
    return parse_rule_set(content, shipped_countries(), source="R.json")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda r: rule(r, "origin_65_35")["test"]["outside_share"].update(at_most="3.5"),
            "a limit lies between 0 and 1",
        ),
        (lambda r: r.update(requirements=[]), "requirements: list should have at least 1 item"),
        (
            lambda r: r["requirements"].remove(["origin_65_35"]),
            "'origin_65_35' stands in no requirement and no advice",
        ),
        (
            lambda r: rule(r, "design_authority").update(categories=["3"]),
            "'3' begins no category of this file",
        ),
        (
            lambda r: rule(r, "control")["test"]["every_entity"]["entity_any"].append(
                {"has_mitigation": ["fdi_screning"]}
            ),
            "'fdi_screning' is no mitigation. Use one of fdi_screening",
        ),
        (lambda r: rule(r, "buyers").update(test={"all_of": []}), "should have at least 1 item"),
        (
            lambda r: rule(r, "buyers").update(test={"buyers_in": {"zones": []}}),
            "should have at least 1 item",
        ),
        (lambda r: rule(r, "buyers").update(id=" "), "rules[1].id"),
    ],
)
def test_a_rules_file_that_asks_nothing_or_nonsense_is_refused(edit: Edit, words: str) -> None:
    record = rules_file()
    parse_rules(json.dumps(record).encode())
    edit(record)
    assert words in faults_of(parse_rules, record)


def test_a_rules_file_may_name_further_mitigations() -> None:
    record = rules_file()
    rule(record, "control")["test"]["every_entity"]["entity_any"].append(
        {"has_mitigation": ["golden_share"]}
    )
    record["mitigations"] = {"golden_share": "The State holds a golden share"}
    rules = parse_rule_set(json.dumps(record).encode(), shipped_countries(), source="R.json")
    case = {**CASE, "entities": [{"id": "C", "mitigations": ["golden_share"]}]}
    content = json.dumps(case).encode()
    assert parse_case(content, shipped_countries(), source="C.json", rules=rules)
    with pytest.raises(InvalidInputError, match="golden_share"):
        parse_case(content, shipped_countries(), source="C.json")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda c: c["flags"].update(harmfull_components=False),
            "flags: “harmfull_components” answers no question of the rules.",
        ),
        (
            lambda c: c["entities"][0].update(mitigations=["fdi_screning"]),
            "entities[0].mitigations: “fdi_screning” is no mitigation of the rules.",
        ),
        (lambda c: c.update(categories=["9z"]), "categories[0]: “9z” is no category of SAFE."),
        (lambda c: c["entities"][0].update(share=10**400), "entities[0].share: "),
        (lambda c: c["entities"][0].update(share="1e999999999"), "entities[0].share: "),
        (lambda c: c["components"][0].update(id=" "), "components[0].id: "),
    ],
)
def test_a_case_is_refused_in_the_name_of_its_file(edit: Edit, words: str) -> None:
    def parse(content: bytes) -> object:
        return parse_case(content, shipped_countries(), source="C.json", rules=rule_set("SAFE"))

    case = json.loads(json.dumps(CASE))
    parse(json.dumps(case).encode())
    edit(case)
    told = faults_of(parse, case)
    assert told.startswith("C.json was refused, 1 problem:")
    assert words in told


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda q: q["offers"][0]["flags"].update(harmfull_components=True),
            "offers[0].flags: “harmfull_components”",
        ),
        (
            lambda q: q["offers"][0]["organisation"].update(mitigations=["fdi_screning"]),
            "offers[0].organisation.mitigations: “fdi_screning”",
        ),
        (lambda q: q["offers"][0].update(match=10**400), "offers[0].match: "),
        (lambda q: q.update(max_members=10**30), "max_members: "),
    ],
)
def test_a_question_is_refused_with_its_place(edit: Edit, words: str) -> None:
    def parse(content: bytes) -> object:
        return parse_question(content, source="Q.json")

    question = json.loads(json.dumps(QUESTION))
    parse(json.dumps(question).encode())
    edit(question)
    assert words in faults_of(parse, question)


@pytest.mark.parametrize(
    ("verb", "record"),
    [
        ("check", {**CASE, "name": "c", "categories": ["9z"]}),
        ("compose", {**QUESTION, "categories": ["9z"]}),
    ],
)
def test_the_command_names_the_file_it_refuses(
    verb: str, record: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "asked.json"
    file.write_text(json.dumps(record))
    with pytest.raises(SystemExit) as stop:
        main(["eligibility", verb, str(file), "--on", "2026-07-01"])
    assert stop.value.code == 2
    assert f"{file} was refused" in capsys.readouterr().err
