"""A reader with an hour finds their way: small functions and files, a sentence at the top, names that say something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

House = dict[str, Any]

FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 400
# Words that any code could be called by. Spelled apart so that a search for them finds offenders only.
EMPTY_WORDS = {"manager", "helper", "helpers", "util", "utils", "base", "core", "common", "misc"}
TALKATIVE = re.compile(r"(cli|app|broker|demo|story|stage|mosquitto|twin)\.py")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(node: Function) -> int:
    """How long a function is, its signature included."""
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def defined(tree: ast.Module) -> Iterator[ast.ClassDef | Function]:
    """Every class and function of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def words(name: str) -> set[str]:
    """The words of a name, small."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def everything(house: House, tests: dict[Path, ast.Module]) -> dict[Path, ast.Module]:
    """All code that somebody has to read."""
    return {module.path: module.tree for module in house.values()} | tests


def test_every_module_says_what_it_is_for(house: House, test_files: dict[Path, ast.Module]) -> None:
    silent = [path for path, tree in everything(house, test_files).items() if not ast.get_docstring(tree)]
    assert silent == []


def test_functions_fit_on_a_screen(house: House, test_files: dict[Path, ast.Module]) -> None:
    for path, tree in everything(house, test_files).items():
        for node in defined(tree):
            if not isinstance(node, ast.ClassDef):
                assert lines(node) <= FUNCTION_LINES_MAX, f"{path}: {node.name} has {lines(node)} lines"


def test_modules_can_be_read_in_one_go(house: House, test_files: dict[Path, ast.Module]) -> None:
    for path in everything(house, test_files):
        count = sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
        assert count <= MODULE_LINES_MAX, f"{path} has {count} lines that aren't blank"


def test_names_say_something(house: House, test_files: dict[Path, ast.Module]) -> None:
    for path, tree in everything(house, test_files).items():
        names = [path.stem, *(node.name for node in defined(tree))]
        assert [name for name in names if words(name) & EMPTY_WORDS] == [], path


MOCK_LIBRARIES = {"mock", "unittest", "unittest.mock", "pytest_mock"}


def test_only_commands_print(house: House) -> None:
    for name, module in house.items():
        if not TALKATIVE.fullmatch(module.path.name):
            assert "print" not in {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}, name


def test_tests_use_the_real_thing_and_wait_for_it(test_files: dict[Path, ast.Module]) -> None:
    for path, tree in test_files.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                # gpiozero's mock pins are real drivers on pins in software; a mock library is another thing.
                assert (getattr(node, "module", None) or "") not in MOCK_LIBRARIES, path
                assert not MOCK_LIBRARIES & {alias.name for alias in node.names}, path
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "time.sleep":
                raise AssertionError(f"{path}:{node.lineno} sleeps instead of waiting for something")


def test_an_exception_is_never_swallowed_whole(house: House) -> None:
    """`except:` and `except BaseException` without a raise would swallow a request to stop."""
    for name, module in house.items():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler):
                whole = node.type is None or ast.unparse(node.type) == "BaseException"
                raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                assert not whole or raises, f"{name}:{node.lineno}"
