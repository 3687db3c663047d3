"""One direction: a module imports only from its own rank or lower (docs/how-it-works.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pixkin

SRC = Path(pixkin.__file__).parent
MODULES = sorted(SRC.rglob("*.py"))

RANK = {
    "errors": 0, "records": 0, "progress": 0,
    "checkpoint": 1, "colors": 1, "contents": 1, "decode": 1, "describe": 1,
    "endings": 1, "exif": 1,
    "files": 1, "frames": 1, "lasting": 1, "library": 1, "looks": 1,
    "meter": 1, "registry": 1, "resize": 1, "settings": 1, "threads": 1, "versions": 1, "words": 1,
    "catalog": 2, "clustering": 2, "communities": 2, "embed": 2, "flagging": 2,
    "neighbors": 2, "network": 2,
    "number": 2, "pool": 2, "pictures": 2, "precision": 2,
    "reduce": 2, "shown": 2, "views": 2,
    "clusterers": 3, "encoders": 3, "exporters": 3, "hashed": 3, "layouts": 3,
    "sources": 3, "worker": 3,
    "acting": 4, "assemble": 4, "bring": 4, "browsing": 4, "changes": 4, "divide": 4,
    "follow": 4, "group": 4, "inputs": 4, "intake": 4, "join": 4, "leveling": 4, "memo": 4,
    "notebook": 4,
    "pipeline": 4, "results": 4, "scan": 4, "searching": 4, "taking": 4,
    "demo": 5, "duplicates": 4, "estimators": 5, "evaluate": 5, "filing": 4, "gradual": 4,
    "importing": 4,
    "opened": 5, "updating": 5, "watching": 5,
    "__init__": 6, "__main__": 6, "cli": 6, "web": 6,
}  # fmt: skip
COMPONENTS = {"clusterers", "encoders", "exporters", "layouts", "sources"}

SHARED = {"pixkin.sources.folder"}
"""The folder source also knows how to look at one file, for the other sources."""

MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 45
"""Of its body: a docstring is as long as its subject needs."""


def name_of(path: Path) -> str:
    """Give the module or folder of the package that a file belongs to."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def spelled(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def imported(path: Path) -> set[str]:
    """Name the modules of the package that a file imports, be it for types only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "pixkin":
            found |= {alias.name for alias in node.names if alias.name != "__version__"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pixkin."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            full = [alias.name for alias in node.names]
            found |= {name.split(".")[1] for name in full if name.startswith("pixkin.")}
    return found


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Give each function's name and the number of its lines without the docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            last = node.end_lineno or node.lineno
            yield node.name, last - body[0].lineno + 1 if body else 0


def test_every_module_has_its_rank() -> None:
    known = {name_of(path) for path in MODULES}

    assert known <= RANK.keys()


@pytest.mark.parametrize("path", MODULES, ids=spelled)
def test_a_module_imports_only_from_layers_below(path: Path) -> None:
    name = name_of(path)
    others = imported(path) - {name}
    wrong = {other for other in others if RANK[other] > RANK[name]}
    if name in COMPONENTS:
        wrong |= others & COMPONENTS

    assert wrong == set()


@pytest.mark.parametrize("path", MODULES, ids=spelled)
def test_a_component_knows_nothing_of_its_neighbours(path: Path) -> None:
    if name_of(path) not in COMPONENTS or path.name == "__init__.py":
        return
    siblings = {f"pixkin.{name_of(path)}.{other.stem}" for other in path.parent.glob("*.py")}
    text = path.read_text(encoding="utf-8")
    found = {sibling for sibling in siblings if f"from {sibling} import" in text}

    assert found <= SHARED


@pytest.mark.parametrize("path", MODULES, ids=spelled)
def test_a_module_is_short_enough_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=spelled)
def test_a_function_is_short_enough_to_be_seen_at_once(path: Path) -> None:
    too_long = {name: n for name, n in functions(path) if n > MOST_LINES_OF_A_FUNCTION}

    assert too_long == {}


def test_nothing_heavy_is_imported_by_the_package_itself(run_script) -> None:
    heavy = ["numpy", "sklearn", "onnxruntime", "matplotlib", "PIL", "scipy", "faiss", "networkit"]
    code = f"import pixkin, sys; dir(pixkin); print([n for n in {heavy} if n in sys.modules])"

    assert run_script(code).stdout == "[]\n"
