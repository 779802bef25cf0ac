"""Who may look at whom, read from the imports. The messages say where the code belongs."""

import ast
from pathlib import Path

import pytest

from mobility import ROOMS

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "mobility").rglob("*.py")) + sorted((ROOT / "matching").rglob("*.py"))
WITHIN = {
    "models": {"models"},
    "queries": {"models", "queries"},
    "services": {"models", "queries", "services", "letters", "computing"},
    "computing": {"computing"},
    "letters": {"models", "queries", "letters"},
    "permissions": {"models", "queries", "permissions"},
    "forms": {"models", "queries", "forms"},
}


def imports(path: Path) -> list[tuple[str, int]]:
    """(absolute module name, line) of each import, `from x import y` as x.y."""
    package = path.relative_to(ROOT).with_suffix("").parts
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            found += [(f"{module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_respect_the_ladder(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    for name, line in imports(path):
        target = name.split(".")
        where = f"{place(path)}:{line}"
        if parts[0] == "matching":
            assert target[0] not in {"mobility", "flask", "sqlalchemy"}, (
                f"{where} imports {name}: matching knows arrays only; the code belongs in rounds"
            )
            continue
        if target[0] == "matching":
            assert parts[1] == "rounds", f"{where}: only rooms/rounds may import matching"
        if target[0] != "mobility" or len(target) < 2 or target[1] not in ROOMS:
            continue
        assert parts[1] in ROOMS, f"{where} imports {name}: a root module knows no room"
        assert ROOMS.index(target[1]) <= ROOMS.index(parts[1]), (
            f"{where} imports {name}: {parts[1]} stands left of {target[1]}; "
            f"move the use case to {target[1]}, or show it through panels"
        )


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_within_a_room_go_one_way(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    if len(parts) < 3 or parts[1] not in ROOMS or parts[2] not in WITHIN:
        return
    for name, line in imports(path):
        target = name.split(".")
        known = {*WITHIN, "views", "jobs", "cli", "panels"}
        if target[:2] == ["mobility", parts[1]] and len(target) > 2 and target[2] in known:
            assert target[2] in WITHIN[parts[2]], (
                f"{place(path)}:{line}: {parts[2]} may not look at {target[2]}"
            )


@pytest.mark.parametrize("path", FILES, ids=place)
def test_domain_never_sees_the_request(path):
    if {path.stem, path.parent.name}.isdisjoint(
        {"models", "queries", "services", "permissions", "letters"}
    ):
        return
    for name, line in imports(path):
        assert name not in {"flask.request", "flask.session", "flask_login.current_user"}, (
            f"{place(path)}:{line}: take `actor` instead; only views know the request"
        )


@pytest.mark.parametrize("path", FILES, ids=place)
def test_views_leave_the_session_alone(path):
    if "views" not in (path.stem, path.parent.name):
        return
    for name, line in imports(path):
        assert name not in {"mobility.db.db", "mobility.db.transaction"} or (
            name.endswith("transaction") and path.parent.name == "accounts"
        ), f"{place(path)}:{line}: reads belong in queries, writes in services"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_nothing_commits_but_the_transaction(path):
    if place(path) in {"mobility/db.py", "mobility/migrations/env.py"}:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"commit", "rollback"}, (
                f"{place(path)}:{node.lineno}: only db.transaction() commits; services flush"
            )


@pytest.mark.parametrize("path", FILES, ids=place)
def test_a_row_is_locked_without_what_it_was_loaded_with(path):
    """PostgreSQL locks no row on the nullable side of a join: `of` names the one that is meant."""
    assert "with_for_update=True" not in path.read_text(encoding="utf-8")
