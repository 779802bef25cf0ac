"""What tests of laboratories begin with."""

import pytest

from .scene import Laboratory


@pytest.fixture
def lab(write):
    with write():
        return Laboratory()
