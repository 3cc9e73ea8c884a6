"""A small sample edition, and the subjects who act in it."""

import pytest

from small_forum import Forum, load_small


@pytest.fixture
def forum(db: None) -> Forum:
    del db
    return load_small()


@pytest.fixture
def committed_forum(transactional_db: None) -> Forum:
    """For tests with several connections: what one writes, the others see."""
    del transactional_db
    from punte.apps.access.reference import load_reference

    load_reference()
    return load_small()
