"""Who may know whom. A deferred import counts like any other: it hides a dependency, it doesn't remove it."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest

House = dict[str, Any]

# A decision must come out the same in a test, after a restart and in ten years: no clock, no chance, no I/O.
PURE = ("locker.wire", "locker.cabinet", "locker.commissioning", "hub_service.domain")
PURE_MAY_IMPORT = {
    "__future__", "base64", "binascii", "bisect", "collections", "collections.abc", "cryptography.exceptions",
    "cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.hazmat.primitives.kdf.argon2", "dataclasses",
    "datetime",
    "enum", "functools", "graphlib", "hashlib", "hmac", "itertools", "json", "math", "operator", "pydantic", "re",
    "string", "struct", "typing",
}  # fmt: skip
PURE_MAY_NOT_CALL = {
    "print",
    "open",
    "input",
    "generate",
    "now",
    "today",
    "utcnow",
    "__import__",
    "import_module",
    "eval",
}

# part -> the parts of the two programs that it may import; a part that isn't listed is bound by the other rules only.
MAY_IMPORT = {
    "locker.wire": set(),
    "locker.cabinet": {"locker.wire"},
    "locker.commissioning": {"locker.wire", "locker.wiring"},
    "locker.wiring": set(),
    "locker.parts": {"locker.wiring"},
    "locker.settings": {"locker.wire", "locker.wiring", "locker.parts"},
    "locker.journal": {"locker.wire"},
    "locker.link": {"locker.wire"},
    "locker.telemetry": {"locker.wire"},
    "locker.uplink": {"locker.wire", "locker.settings", "locker.telemetry", "locker.link"},
    "locker.devices": {"locker.wire", "locker.cabinet", "locker.settings", "locker.wiring", "locker.parts"},
    "locker.guardian": {"locker.devices", "locker.settings", "locker.unneeded"},
    "locker.kiosk": {"locker.wire", "locker.cabinet"},
    "locker.twin": {
        "locker.wire",
        "locker.cabinet",
        "locker.uplink",
        "locker.link",
        "locker.settings",
        "locker.wiring",
    },
    "hub_service.domain": {"locker.wire"},
    "hub_service.store": {"locker.wire", "hub_service.domain"},
    "hub_service.telemetry": set(),
    "hub_service.measures": {"locker.wire"},
    "hub_service.handlers": {
        "locker.wire",
        "hub_service.domain",
        "hub_service.store",
        "hub_service.localtime",
        "hub_service.telemetry",
        "hub_service.measures",
    },
    "hub_service.notices": {"hub_service.store", "hub_service.localtime", "hub_service.strangers"},
    "hub_service.webhooks": {"hub_service.store", "hub_service.strangers"},
    "hub_service.strangers": {"hub_service.targets"},
    "hub_service.targets": set(),
}
# What is sent is also counted and told.
for _sender in ("hub_service.notices", "hub_service.webhooks"):
    MAY_IMPORT[_sender] |= {"hub_service.telemetry", "hub_service.measures"}
# These drive the hub and are driven by nothing but its assembly.
EDGES_OF_THE_HUB = ("hub_service.api", "hub_service.web", "hub_service.locker_link", "hub_service.duties")
ASSEMBLY = ("hub_service.app", "hub_service.cli", "hub_service.__main__", "locker.cli", "locker.__main__")


def uses(house: House, part: str) -> dict[str, set[str]]:
    """The other parts that each module of a part imports."""
    modules = {name: module for name, module in house.items() if module.part == part}
    return {name: {house[i].part for i in module.imports if i in house} - {part} for name, module in modules.items()}


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_knows_only_what_it_may(part: str, house: House) -> None:
    for name, others in uses(house, part).items():
        assert others <= MAY_IMPORT[part], f"{name} imports {sorted(others - MAY_IMPORT[part])}"


def test_decisions_read_no_clock_draw_no_chance_and_touch_no_device(house: House) -> None:
    for name, module in house.items():
        if module.part in PURE:
            foreign = {i for i in module.imports if i not in house} - PURE_MAY_IMPORT
            assert not foreign, f"{name} imports {sorted(foreign)}"
            assert not called(module.tree) & PURE_MAY_NOT_CALL, name


def test_the_hub_knows_the_wire_and_nothing_else_of_the_locker(house: House) -> None:
    for name, module in house.items():
        others = {house[i].part for i in module.imports if i in house}
        if name.startswith("hub_service"):
            assert {part for part in others if part.startswith("locker")} <= {"locker.wire"}, name
        else:
            assert not {part for part in others if part.startswith("hub_service")}, name


def test_the_product_does_not_lean_on_its_twin(house: House) -> None:
    leaning = {name for name, m in house.items() if m.part != "locker.twin" and twins(m.imports)}
    assert leaning <= {"locker.cli"}
    assert len(twins(house["locker.cli"].imports)) <= 1
    at_the_top = [node for node in house["locker.cli"].tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert "twin" not in "".join(map(ast.dump, at_the_top)), (
        "a Raspberry Pi has no use for it: import it where it is run"
    )


def test_drivers_reach_the_guardian_through_its_pipe_only(house: House) -> None:
    importing = {name for name, module in house.items() if "locker.guardian" in module.imports}
    assert not importing


def test_pages_and_routes_do_not_know_each_other(house: House) -> None:
    for part in EDGES_OF_THE_HUB:
        for name, others in uses(house, part).items():
            assert not others & (set(EDGES_OF_THE_HUB) | set(ASSEMBLY)), name


def test_nothing_imports_what_assembles_it(house: House) -> None:
    for name, module in house.items():
        others = {house[i].part for i in module.imports if i in house} - {module.part}
        assert not others & set(ASSEMBLY) or module.part in ASSEMBLY, name


def test_the_screen_brings_no_toolkit_of_the_hub_to_the_locker(house: House) -> None:
    for name, module in house.items():
        packages = {i.partition(".")[0] for i in module.imports}
        if name.startswith("locker"):
            assert not packages & {"fastapi", "sqlalchemy", "amqtt", "jinja2_fragments"}, name


def test_modules_import_each_other_in_one_direction(house: House) -> None:
    in_one_direction({name: set(module.imports) & set(house) for name, module in house.items()})


def test_parts_import_each_other_in_one_direction(house: House) -> None:
    parts: dict[str, set[str]] = {}
    for module in house.values():
        others = {house[i].part for i in module.imports if i in house} - {module.part}
        parts.setdefault(module.part, set()).update(others)
    in_one_direction(parts)


def in_one_direction(graph: dict[str, set[str]]) -> None:
    """Fails with the way round, if there is one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def twins(imports: frozenset[str]) -> set[str]:
    """Those names that lie in the twin."""
    return {name for name in imports if name == "locker.twin" or name.startswith("locker.twin.")}


def called(tree: ast.Module) -> set[str]:
    """The last part of the name of everything that is called."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {f.attr if isinstance(f, ast.Attribute) else f.id for f in calls if isinstance(f, ast.Attribute | ast.Name)}
