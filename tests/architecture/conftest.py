"""The house as it stands: every module of the two programs, parsed, with what it imports (deferred imports, too)."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("locker", "hub_service")


@dataclass(frozen=True)
class Module:
    """One Python file. `imports` are full names, of modules where that can be told."""

    name: str
    path: Path
    tree: ast.Module
    imports: frozenset[str]

    @property
    def part(self) -> str:
        """The first-level folder or module of its package: `locker.wire`, `hub_service.app`."""
        return part_of(self.name)


House = dict[str, Module]


def part_of(name: str) -> str:
    """The part that a module belongs to."""
    return ".".join(name.split(".")[:2])


def files_of(folder: Path) -> list[Path]:
    """All Python files below a folder."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def module_name(path: Path) -> str:
    """A file's name as it is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.Module, known: set[str]) -> frozenset[str]:
    """What a module imports, wherever in the file; relative imports are refused by the linter's rules."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "imports are absolute"
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= submodules or {node.module}
    return frozenset(found)


@pytest.fixture(scope="session")
def house() -> House:
    """All modules of locker and hub_service, by name."""
    paths = {module_name(path): path for package in PACKAGES for path in files_of(ROOT / package)}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    return {name: Module(name, paths[name], tree, imported(tree, set(paths))) for name, tree in trees.items()}


@pytest.fixture(scope="session")
def test_files() -> dict[Path, ast.Module]:
    """Every test file, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in files_of(ROOT / "tests")}


@pytest.fixture(scope="session")
def repository() -> list[Path]:
    """Every file of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
