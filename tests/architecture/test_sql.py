"""One SQL for two databases: what only one of them understands, or means something else by, isn't written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.architecture.conftest import House

STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|ALTER TABLE)\b")
# Each with what to write instead.
ONE_SIDED = {
    r"\bINSERT OR\b": "ON CONFLICT DO NOTHING or DO UPDATE",
    r"\browid\b|\blast_insert_rowid\b": "a column that says the order; RETURNING",
    r"\bjson_\w+\(": "two queries, or JSON read in Python",
    r"\b(IFNULL|GROUP_CONCAT|STRFTIME|JULIANDAY|UNIXEPOCH|PRINTF|INSTR|TOTAL|GLOB)\b": "COALESCE, or Python",
    r"\bAUTOINCREMENT\b": "INTEGER PRIMARY KEY",
    r"(?<!AS TEXT\) )(?<!AS INTEGER\) )(?<!\w )\? IS (NOT )?NULL": "CAST(? AS TEXT) IS NULL",
    r"= (TRUE|FALSE)\b": "1 or 0",
    r"\bSET \w+ = (EXISTS|NOT)\b": "CASE WHEN ... THEN 1 ELSE 0 END",
    r"\b(ILIKE|DISTINCT ON|LATERAL|unnest|generate_series)\b": "what SQLite knows as well",
}
# What speaks to one database only, by its name or because it chooses between the two.
OF_ONE = re.compile(r"(sqlite|postgres|postgres_session|dialect|backup)\.py")


def wrong_in(text: str) -> list[str]:
    """What should be written otherwise, and how."""
    if not STATEMENT.search(text):
        return []
    return [f"{found.group()}: {instead}" for one, instead in ONE_SIDED.items() if (found := re.search(one, text))]


def statements_of(tree: ast.Module) -> Iterator[str]:
    """All texts of a module, with a mark for each part that is put together elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)  # type: ignore[misc]


def test_statements_are_what_both_databases_understand(house: House) -> None:
    for name, module in house.items():
        if not name.startswith("hub_service.") or OF_ONE.fullmatch(module.path.name):
            continue
        wrong = [found for text in statements_of(module.tree) for found in wrong_in(text)]
        assert wrong == [], name


def test_migrations_are_what_can_be_translated() -> None:
    folder = Path(__file__).parents[2] / "hub_service" / "store" / "migrations"
    own = {script.name for script in (folder / "postgresql").glob("*.sql")}
    for script in folder.glob("*.sql"):
        text = re.sub(r"--[^\n]*", "", script.read_text())
        wrong = wrong_in(text) + (["a trigger"] if "CREATE TRIGGER" in text else [])
        assert wrong == [] or script.name in own, f"{script.name}: write its like in {folder.name}/postgresql"


@pytest.mark.parametrize(
    "text",
    [
        "INSERT OR IGNORE INTO t (a) VALUES (?)",
        "SELECT a FROM t ORDER BY rowid",
        "SELECT json_group_array(a) FROM t",
        "SELECT a FROM t WHERE (? IS NULL OR a = ?)",
        "UPDATE t SET live = EXISTS (SELECT 1 FROM u)",
        "SELECT a FROM t WHERE live = TRUE",
    ],
)
def test_what_one_database_would_refuse_is_found(text: str) -> None:
    assert len(wrong_in(text)) == 1


def test_what_both_understand_is_let_be() -> None:
    assert wrong_in("SELECT a FROM t WHERE (CAST(? AS TEXT) IS NULL OR a = ?) AND b IS NULL ORDER BY a") == []
