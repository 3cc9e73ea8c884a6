"""What a test of a rules file names, wherever in its tree."""


def questions_in(test: object) -> set[str]:
    """Return the questions that a test asks, at any depth."""
    if isinstance(test, dict):
        own = {test["question"]} if isinstance(test.get("question"), str) else set()
        return own.union(*(questions_in(value) for value in test.values()))
    if isinstance(test, list):
        return set().union(*(questions_in(value) for value in test))
    return set()


def zones_in(test: object) -> set[str]:
    """Return the zones that a test names, at any depth."""
    if isinstance(test, dict):
        own = set(test.get("zones", ()))
        return own.union(*(zones_in(value) for value in test.values()))
    if isinstance(test, list):
        return set().union(*(zones_in(value) for value in test)) if test else set()
    return set()


def mitigations_in(test: object) -> set[str]:
    """Return the mitigations that a test names, at any depth."""
    if isinstance(test, dict):
        own = set(test.get("has_mitigation", ()))
        return own.union(*(mitigations_in(value) for value in test.values()))
    if isinstance(test, list):
        return set().union(*(mitigations_in(value) for value in test)) if test else set()
    return set()
