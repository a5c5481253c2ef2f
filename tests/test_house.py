"""The house: which way imports point, and what stands in one place alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

from core.scores.registry import SCORES
from core.strategies import STRATEGIES

ROOT = Path(__file__).parents[1]

FLOORS = (
    ("errors", "former", "glossary", "memory", "parted", "plain", "progress"),
    ("cluster", "locks", "settings"),
    ("storage",),
    ("sources", "networks", "statistics"),
    ("strategies",),
    ("study",),
    ("space", "library"),
    ("selection",),
    ("scores",),
    ("figures", "captions", "tables"),
    ("exhibits",),
    ("jobs", "report"),
    ("commands",),
    ("__main__",),
)
"""Rooms of the core from the ground up: each may know those on floors below its own, and none beside it."""

INTERFACES = ("pages", "streamlit")
"""What the core does not know."""

HEAVY = ("keras", "tensorflow")
"""What loads for seconds, and only where it is used."""

SPECIAL = ("core/sources/celeba.py", "core/sources/known.py", "core/former.py")
"""Where one data set is named: its facts, and the keys that once bore its name."""

MANY = 4
"""Keys that make a list of keys."""


def files(*places: str) -> dict[str, Path]:
    """Return the Python files of folders, and single files, by their path in the repository."""
    found = chain.from_iterable((ROOT / p).rglob("*.py") if (ROOT / p).is_dir() else [ROOT / p] for p in places)
    return {path.relative_to(ROOT).as_posix(): path for path in sorted(found)}


CORE = files("core")
PROGRAM = files("core", "pages", "dashboard.py")
MODULES = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in PROGRAM}


def statements(node: ast.AST, enter: Callable[[ast.AST], bool] = lambda _: True) -> Iterator[ast.AST]:
    """Yield what is run below a node; types that only a checker reads are not, nor is what ``enter`` refuses."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if enter(child):
            yield child
            yield from statements(child, enter)


def is_no_function(node: ast.AST) -> bool:
    return not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


@cache
def imports(path: Path, enter: Callable[[ast.AST], bool] = lambda _: True) -> set[str]:
    """Return the modules that a file imports, in full."""
    found = set()
    for node in statements(ast.parse(path.read_text(encoding="utf-8")), enter):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in inner}
    return found


def room(module: str) -> str:
    """Return a module's folder in the core, or its own name where it stands in none."""
    return module.split(".")[1] if "." in module else "__init__"


def of_core(modules: set[str]) -> set[str]:
    return {m for m in modules if m == "core" or m.startswith("core.")}


def lists_of(keys: set[str]) -> set[str]:
    """Return the files in which at least `MANY` keys stand in one tuple, list, set or dictionary."""
    found = set()
    for name, path in PROGRAM.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
            values = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
            if len(values & keys) >= MANY:
                found.add(name)
    return found


def test_the_drawing_sees_imports_inside_functions_and_leaves_out_those_for_types_alone(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "from typing import TYPE_CHECKING\nimport core.errors\nfrom core import storage\n"
        "def f():\n    from core.study import Study\n    import keras.ops\n"
        "if TYPE_CHECKING:\n    import tensorflow\n"
    )
    assert imports(path) == {"typing", "core.errors", "core.storage", "core.study", "keras.ops"}
    assert imports(path, is_no_function) == {"typing", "core.errors", "core.storage"}


def test_every_room_of_the_core_has_a_floor() -> None:
    rooms = {room(module) for module in of_core(set(MODULES))} - {"__init__"}
    assert rooms <= set(chain.from_iterable(FLOORS))


@pytest.mark.parametrize("name", CORE)
def test_a_room_knows_only_rooms_on_floors_below(name: str) -> None:
    floor_of = {r: floor for floor, rooms in enumerate(FLOORS) for r in rooms} | {"__init__": -1}
    here = room(next(module for module, file in MODULES.items() if file == name))
    known = {room(module) for module in of_core(imports(CORE[name]))} - {here}
    assert {r for r in known if floor_of[r] >= floor_of[here]} == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: imports(PROGRAM[name]) & set(MODULES) - {module} for module, name in MODULES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


def test_the_core_knows_no_pages_and_no_user_interface() -> None:
    known = {name: {m for m in imports(path) if m.split(".")[0] in INTERFACES} for name, path in CORE.items()}
    assert {name: modules for name, modules in known.items() if modules} == {}


def test_keras_is_imported_where_it_is_used_and_not_with_a_module() -> None:
    known = {
        name: {m for m in imports(path, is_no_function) if m.split(".")[0] in HEAVY} for name, path in PROGRAM.items()
    }
    assert {name: modules for name, modules in known.items() if modules} == {}


def test_keys_of_strategies_stand_in_their_classes_alone() -> None:
    assert lists_of({s.key for s in STRATEGIES}) == set()


def test_keys_of_scores_stand_in_the_registry_alone() -> None:
    assert lists_of({s.key for s in SCORES}) <= {
        "core/scores/registry.py",
        "core/scores/latent.py",
    }  # functions of these names


def test_the_program_names_no_data_set_but_where_its_facts_stand_and_in_the_path_of_the_study_it_comes_with() -> None:
    texts = {name: path.read_text(encoding="utf-8").replace("studies/celeba", "") for name, path in PROGRAM.items()}
    assert {name for name, text in texts.items() if "celeba" in text.lower()} == set(SPECIAL)
