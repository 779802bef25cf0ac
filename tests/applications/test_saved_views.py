"""Named views of the pipeline: one's own, kept, renamed and removed."""

import re

import pytest
from sqlalchemy import select

from mobility.applications import services
from mobility.applications.models import SavedView
from mobility.db import db
from mobility.errors import Conflict, Invalid

from .. import factories


def links(page: str) -> dict[str, str]:
    """{name of a view: its address} as they stand above the list."""
    nav = re.search(r'(?s)<nav class="views".*?</nav>', page)
    found = re.findall(r'href="(/pipeline\?[^"]+)"[^>]*>([^<]+)</a>', nav[0]) if nav else []
    return {name: address.replace("&amp;", "&") for address, name in found}


def views() -> list[SavedView]:
    db.session.rollback()
    return list(db.session.scalars(select(SavedView).order_by(SavedView.id)))


def test_a_view_is_kept_and_stands_above_the_list(scene, carla, visitor, many):
    filters = {"status": "approved", "assigned": "nobody", "sort": "score", "q": "Person"}
    assert "Save this view" not in carla.read("/pipeline")
    saved = carla.post("/pipeline/views", {"name": " Ready,  unscored ", **filters})
    assert saved.status_code == 303
    page = carla.get(saved.location).text
    assert "Person approved" in page
    address = "/pipeline?status=approved&assigned=nobody&q=Person&sort=score"
    assert links(page) == {"Ready, unscored": address}
    assert links(visitor(scene.colleague).get("/pipeline").text) == {}


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "MINE TO CHECK"])
def test_a_name_is_there_short_and_free(scene, carla, write, name):
    with write():
        factories.saved_view(scene.coordinator)
        factories.saved_view(scene.colleague, "Another's")
    answer = carla.post("/pipeline/views", {"name": name, "status": "submitted"})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert [view.name for view in views()] == ["Mine to check", "Another's"]
    assert carla.post("/pipeline/views", {"name": "Another's", "q": "x"}).status_code == 303


def test_a_view_is_renamed_and_removed(scene, carla, write):
    with write():
        view = factories.saved_view(scene.coordinator)
        factories.saved_view(scene.coordinator, "Other")
    taken = carla.post(f"/pipeline/views/{view.id}", {"name": "other"})
    assert (taken.status_code, 'id="name-error"' in taken.text) == (422, True)
    renamed = carla.post(f"/pipeline/views/{view.id}", {"name": "mine to check"})
    assert (renamed.status_code, renamed.location) == (303, "/pipeline?status=submitted")
    assert "The view is now called “mine to check”." in carla.read("/pipeline")
    assert carla.post(f"/pipeline/views/{view.id}/remove").status_code == 303
    assert [view.name for view in views()] == ["Other"]
    assert carla.get(f"/pipeline/views/{view.id}").status_code == 404


def test_views_of_others_are_nobodys_business(scene, visitor, write):
    with write():
        view = factories.saved_view(scene.coordinator)
    for person in (scene.colleague, scene.admin, scene.student, scene.receiver):
        other = visitor(person)
        assert other.get(f"/pipeline/views/{view.id}").status_code == 404
        assert other.post(f"/pipeline/views/{view.id}", {"name": "x"}).status_code == 404
        assert other.post(f"/pipeline/views/{view.id}/remove").status_code == 404
    assert [view.name for view in views()] == ["Mine to check"]


def test_what_a_view_names_may_be_gone(scene, carla, write):
    with write():
        factories.saved_view(scene.coordinator, "Gone", call=99, assigned="98", status="x")
    assert "Nothing matches" in carla.read(links(carla.get("/pipeline").text)["Gone"])


def test_views_have_a_limit(scene, write):
    with write():
        for number in range(30):
            services.save_view(f"V{number}", {"q": "x"}, scene.coordinator)
        with pytest.raises(Conflict, match="remove one of them"):
            services.save_view("One more", {"q": "x"}, scene.coordinator)
        with pytest.raises(Invalid):
            services.save_view("V" * 61, {"q": "x"}, scene.colleague)


def test_query_count_does_not_grow_with_views(scene, carla, write, count_queries):
    def visit() -> int:
        with count_queries() as statements:
            assert carla.get("/pipeline").status_code == 200
        return len(statements)

    with write():
        factories.saved_view(scene.coordinator, "1")
    before = visit()
    with write():
        factories.saved_view(scene.coordinator, "2")
        factories.saved_view(scene.coordinator, "3")
    assert visit() == before
