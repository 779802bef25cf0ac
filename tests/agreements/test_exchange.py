"""Agreements as files: what is exported comes back the same, and nothing in it is a formula."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from mobility.accounts.models import User
from mobility.agreements import services
from mobility.agreements.exchange import exporting, schema
from mobility.agreements.exchange.importing import plan_import
from mobility.agreements.exchange.rows import COLUMNS
from mobility.agreements.exchange.schema import violations
from mobility.agreements.models import Agreement, AgreementStatus, Direction, digest_of
from mobility.agreements.queries import agreements_to_export
from mobility.db import db
from mobility.tables import table_of

from .. import factories

ENDINGS = ("csv", "xlsx", "json")


@pytest.fixture
def browser(made, write, visitor):
    with write():
        reader = db.session.get_one(User, made[2])
    return visitor(reader)


def exported(ending, actor):
    return exporting.FORMATS[ending][1](agreements_to_export(actor))


def fill(scene):
    """Agreements that hold everything a file has to carry."""
    a, b = scene.agreement.partners
    made = services.create_agreement(
        scene.admin,
        partner_a=b,
        partner_b=a,
        title_ru="=1+1",
        title_kk="Әріптестік, «келісім»; 1",
        text='First line\r\nsecond "line"; with, marks\r\n\r\n-last',
    )
    for direction in Direction:
        services.add_condition(
            made,
            scene.admin,
            **scene.values(
                direction=direction,
                sending=b,
                sending_unit=factories.unit(b, code="a-1"),
                receiving=a,
                receiving_unit=factories.unit(a, code="007"),
                months_per_year=5,
                eqf_levels=[],
                isced_fields=["0613", "011"],
                blended=True,
                other_terms="+7 and @home",
                language="kk",
            ),
        ) if direction is Direction.INTERNSHIP else services.add_condition(
            made, scene.admin, **scene.values(direction=direction, language=None, cefr=None)
        )
    services.create_agreement(scene.admin, partner_a=a, partner_b=b, title_en="Without conditions")
    return made


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_exported_stands_in_the_service_already(scene, ending):
    fill(scene)
    plan = plan_import(f"a.{ending}", exported(ending, scene.admin), actor=scene.admin)
    assert [str(problem) for problem in plan.table.problems] == []
    assert (len(plan.new), plan.same) == (0, 3)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_exported_is_drafted_again_with_the_same_content(scene, ending):
    made = fill(scene)
    made.text = "First line\n-last"  # a cell has plain line ends
    db.session.flush()
    contents = [one.canonical() for one in agreements_to_export(scene.admin)]
    data = exported(ending, scene.admin)
    for agreement in agreements_to_export(scene.admin):
        agreement.title_en = "Changed since"
    db.session.flush()
    plan = plan_import(f"a.{ending}", data, actor=scene.admin)
    assert (len(plan.new), plan.same) == (3, 0)
    drafted = services_drafts(plan, scene.admin)
    assert [one.canonical() for one in drafted] == contents
    assert {one.status for one in drafted} == {AgreementStatus.DRAFT}
    assert {len(one.approvals) for one in drafted} == {0}


def services_drafts(plan, actor):
    from mobility.agreements.exchange.drafts import apply_plan

    return apply_plan(plan, plan.digest, actor=actor)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_no_cell_of_a_csv_file_is_a_formula(scene, delimiter):
    from mobility.i18n import speaking

    fill(scene)
    with speaking("en" if delimiter == "," else "ru"):
        text = exported("csv", scene.admin).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + 2 + len(Direction) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r"))]
    assert "'=1+1" in {cell for row in rows for cell in row}


def test_text_in_a_workbook_is_typed_as_text(scene):
    fill(scene)
    table = table_of("a.xlsx", exported("xlsx", scene.admin))
    assert table.problems == []
    titles = {row.cells[COLUMNS.index("title_ru")] for row in table.rows}
    assert "'=1+1" in titles


def test_rows_of_one_agreement_share_a_name_and_say_its_words_once(scene):
    rows = exporting.rows_of(agreements_to_export(scene.admin))
    cells = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    assert [row["agreement"] for row in cells] == [str(scene.agreement.id)] * 2
    assert [row["text"] for row in cells] == ["One\n\nTwo", None]
    assert {row["state"] for row in cells} == {"approved", None}


def test_a_text_too_long_for_a_cell_says_where_the_whole_stands(scene):
    scene.agreement.text = "word " * 9000
    db.session.flush()
    [row, _later] = exporting.rows_of([scene.agreement])
    cell = row[COLUMNS.index("text")]
    assert len(cell) <= 10_000
    assert cell.endswith("[the whole text stands in the JSON file]")
    assert json.loads(exporting.as_json([scene.agreement]))["agreements"][0]["text"] == (
        scene.agreement.text
    )
    plan = plan_import("a.csv", exported("csv", scene.admin), actor=scene.admin)
    assert plan.table.problems == []


def test_what_is_exported_as_json_fits_the_schema_and_keeps_the_hash(scene):
    fill(scene)
    document = json.loads(exported("json", scene.admin))
    assert violations(document) == []
    [first, *_] = document["agreements"]
    content = {key: first[key] for key in ("titles", "signed_on", "text", "conditions")}
    assert (
        digest_of({**content, "partners": sorted(first["partners"])})
        == first["content_hash"]
        == scene.agreement.content_hash
    )


def test_everybody_exports_only_what_they_read_in_full(scene):
    a, _b = scene.agreement.partners
    other = factories.condition(factories.institution(), factories.institution()).agreement
    draft = services.open_version(scene.agreement, scene.a)
    found = {
        name: list(agreements_to_export(actor))
        for name, actor in {
            "admin": scene.admin,
            "a": scene.a,
            "unit": factories.coordinator(a, factories.unit(a)),
            "outsider": factories.coordinator(factories.institution()),
            "student": factories.student(a),
        }.items()
    }
    assert found == {
        "admin": [scene.agreement, other],
        "a": [scene.agreement],
        "unit": [scene.agreement],
        "outsider": [],
        "student": [],
    }
    assert draft not in found["admin"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_export_is_a_file_narrowed_as_the_list_is(browser, ending):
    answer = browser.get(f"/agreements/export?as={ending}&status=approved&q=univ")
    assert answer.mimetype == exporting.FORMATS[ending][0]
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=sapar-agreements.{ending}"
    )
    assert b"Memorandum" in answer.data or ending == "xlsx"
    empty = browser.get(f"/agreements/export?as={ending}&status=draft")
    assert b"Memorandum" not in empty.data
    assert browser.get("/agreements/export?as=pdf").status_code == 404


@pytest.mark.parametrize("ending", ENDINGS)
def test_export_asks_as_often_for_three_agreements_as_for_one(
    made, browser, write, count_queries, ending
):
    address = f"/agreements/export?as={ending}"
    browser.get(address)
    with count_queries() as one:
        browser.get(address)
    with write():
        agreement = db.session.scalars(select(Agreement)).one()
        for _number in range(2):
            factories.condition(
                agreement.partner_a,
                factories.institution(),
                sending_unit=factories.unit(agreement.partner_a),
            )
    with count_queries() as three:
        browser.get(address)
    assert len(three) == len(one)


def test_the_schema_is_served_and_stands_in_docs(visitor, root):
    answer = visitor().get("/agreements/schema.json")
    assert answer.mimetype == "application/json"
    assert answer.data == (root / "docs" / "agreements.schema.json").read_bytes()
    assert json.loads(answer.data) == schema.schema()


def test_the_schema_uses_only_what_is_checked(root):
    """A keyword that the check does not know would promise more than it keeps."""
    known = {
        "$schema", "$id", "$defs", "$ref", "title", "description", "type", "const", "enum",
        "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
        "uniqueItems", "minLength", "maxLength", "pattern", "minimum", "maximum",
    }  # fmt: skip

    def keywords(rule):
        yield from rule
        for part in (*rule.get("properties", {}).values(), *rule.get("$defs", {}).values()):
            yield from keywords(part)
        if "items" in rule:
            yield from keywords(rule["items"])

    assert set(keywords(schema.schema())) <= known
    assert Path(schema.FILE).exists()
