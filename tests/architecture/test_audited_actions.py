"""Whatever a person changes is in the audit log: an action that takes ``by`` and records nothing needs a reason here."""

import ast
from pathlib import Path

APPS = Path(__file__).resolve().parents[2] / "src" / "punte" / "apps"

NEWS = "queues mails about a step that is recorded"
SILENT = {
    ("cooperation/hall_codes.py", "list_codes"): "reads",
    ("cooperation/mentions.py", "tell_mentioned"): "queues mails about a post that is recorded",
    ("cooperation/moved.py", "tell_moved"): "queues mails about a change that is recorded",
    ("cooperation/partner_news.py", "tell_agreed_at"): NEWS,
    ("cooperation/partner_news.py", "tell_agreed_in"): NEWS,
    ("cooperation/partner_news.py", "tell_begun"): NEWS,
    ("cooperation/partner_news.py", "tell_joined"): NEWS,
    ("cooperation/partner_news.py", "tell_next_in"): NEWS,
    ("cooperation/partner_news.py", "tell_next_of"): NEWS,
    ("cooperation/partner_news.py", "tell_noted"): NEWS,
    ("cooperation/partner_news.py", "tell_stage"): NEWS,
    ("cooperation/promises.py", "promiser_from"): "reads; whose it is is recorded when it is kept",
    ("forum/registration.py", "known_behind"): "reads; the acceptance is recorded when it is made",
    ("forum/unlisted.py", "count_askable"): "reads",
    ("market/bridge/fits.py", "fits_of"): "reads",
    ("people/labels.py", "preview_label"): "reads; the label is recorded when it is changed",
    ("people/merging_persons.py", "likely_twice"): "reads",
    ("people/merging_persons.py", "preview_merge"): "reads; the merge is recorded when it is made",
    ("meetings/guarantees.py", "try_rules"): "computes, and changes nothing that anybody else sees",
    ("meetings/guarantees.py", "try_must"): "computes, and changes nothing that anybody else sees",
    ("meetings/repairing.py", "propose_repair"): "computes; the repair is recorded when it is made",
}


def _functions() -> dict[tuple[str, str], ast.FunctionDef]:
    return {
        (str(path.relative_to(APPS)), node.name): node
        for path in APPS.rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


def _full(place: str, name: str) -> str:
    """Return a name that is one's own where it is private to a module; public ones are told apart by name alone."""
    return f"{place}:{name}" if name.startswith("_") else name


def _called(place: str, function: ast.FunctionDef) -> set[str]:
    return {
        _full(place, node.func.id)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _recording(functions: dict[tuple[str, str], ast.FunctionDef]) -> set[str]:
    """Return the names of the functions that reach ``record``, through however many others."""
    called: dict[str, set[str]] = {}
    for (place, name), function in functions.items():
        called.setdefault(_full(place, name), set()).update(_called(place, function))
    found = {"record"}
    while more := {name for name, names in called.items() if names & found} - found:
        found |= more
    return found


def test_every_action_of_a_person_is_recorded() -> None:
    functions = _functions()
    actions = {
        key
        for key, function in functions.items()
        if not key[1].startswith("_")
        and any(argument.arg == "by" for argument in function.args.kwonlyargs)
    }
    assert len(actions) > 100
    recording = _recording(functions)
    assert {key for key in actions if key[1] not in recording} == set(SILENT)
