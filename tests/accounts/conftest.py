import pytest

from .. import factories


@pytest.fixture
def kaznpu(write):
    with write():
        made = factories.institution("kaznpu.kz", name_en="Abai University")
        factories.unit(made, code="imfi")
        return made


@pytest.fixture
def boss(write, visitor):
    with write():
        return visitor(factories.admin(name="Boss", email="boss@mail.example"))
