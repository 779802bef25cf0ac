"""What the tests of imports share: a call of courses and who brings them in."""

import pytest

from mobility.agreements.models import Direction
from mobility.offers.models import CallStatus

from .. import factories


@pytest.fixture
def courses(app, write):
    """A draft call of courses at KazNPU, for SUSU and for another."""

    class Scene:
        pass

    with write():
        scene = Scene()
        scene.receiving = factories.institution("kaznpu.kz", name_en="Abai University")
        scene.faculty = factories.unit(scene.receiving, code="imfi")
        scene.sending = factories.institution("susu.ru", name_en="SUSU", country="RU")
        scene.condition = factories.condition(
            scene.sending, scene.receiving, direction=Direction.COURSES
        )
        scene.call = factories.call(direction=Direction.COURSES, status=CallStatus.DRAFT)
        scene.host = factories.coordinator(scene.receiving)
        scene.unit_host = factories.coordinator(scene.receiving, scene.faculty)
        scene.guest = factories.coordinator(scene.sending)
        scene.admin = factories.admin()
    return scene
