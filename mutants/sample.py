"""A fixed sample of the mistakes that can be put into the engine."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent
ENGINE = ("model", "source", "readers", "facts", "rules", "ruleset", "pass_one", "pass_two", "report", "run")
"""The packages that mistakes are put into: all that a verdict rests on."""


class Mutant(NamedTuple):
    """One mistake.

    Attributes:
        path: the module, from the project's root.
        line: the line that it is in.
        operator: what cosmic-ray calls the kind of mistake.
        occurrence: which of the places in the module where it can be made.
    """

    path: str
    line: int
    operator: str
    occurrence: int

    def code(self) -> str:
        """The module with the mistake in it."""
        return str(mutate_code((ROOT / self.path).read_text("utf-8"), get_operator(self.operator)(), self.occurrence))


def sample(count: int, seed: int, only: str = "") -> list[Mutant]:
    """So many mistakes, the same for the same code and seed, spread over the engine by lines.

    Arguments:
        only: what the path of each has in it.
    """
    paths = [path for package in ENGINE for path in sorted((ROOT / "import_validator" / package).rglob("*.py"))]
    every = [each for path in paths if only in str(path) for each in _mutants(path)]
    random.Random(seed).shuffle(every)
    chosen: list[Mutant] = []
    lines: set[tuple[str, int]] = set()
    for each in every:
        if len(chosen) == count:
            break
        if (each.path, each.line) not in lines and _changes_anything(each):
            chosen.append(each)
            lines.add((each.path, each.line))
    return chosen


def _mutants(path: Path) -> Iterator[Mutant]:
    nodes = list(ast_nodes(get_ast(path.read_text("utf-8"))))
    name = str(path.relative_to(ROOT))
    for operator_name in operator_names():
        operator: Any = get_operator(operator_name)
        if operator.arguments():
            continue
        places = (place for node in nodes for place in operator().mutation_positions(node))
        for occurrence, (start, _) in enumerate(places):
            yield Mutant(name, start[0], operator_name, occurrence)


def _changes_anything(mutant: Mutant) -> bool:
    """Whether the mistake is in what runs: annotations are not evaluated, and docstrings say nothing to a program."""
    try:
        return _meaning(mutant.code()) != _meaning((ROOT / mutant.path).read_text("utf-8"))
    except SyntaxError:
        return False


def _meaning(code: str) -> str:
    return ast.dump(_WithoutAnnotations().visit(ast.parse(code)))


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value or ast.Constant(None))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node
