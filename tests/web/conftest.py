"""What every test of pages leaves behind."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    """Leave no reader's language to the test that follows in this process."""
    yield
    translation.deactivate()
