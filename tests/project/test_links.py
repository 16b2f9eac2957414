"""The pages for readers name only what is there: links, modules, folders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.corpus import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *(ROOT / name / "README.md" for name in ("tests", "fuzz"))]
)
DESIGN = (ROOT / "docs" / "design.md").read_text("utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [each for each in links if "://" not in each and not (page.parent / each).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_of_a_module_or_folder_is_there(page: Path) -> None:
    named = re.findall(r"`([\w./-]+/(?:[\w-]+\.py)?)`", page.read_text("utf-8"))
    below = [ROOT, ROOT / "import_validator", ROOT / "tests", page.parent]
    assert [each for each in named if not any((folder / each).exists() for folder in below)] == []


def test_the_design_names_every_package_and_only_modules_that_are_there() -> None:
    rows = re.findall(r"^\| `([\w.]+?)/?` \| .* \| (.*) \|$", DESIGN, re.MULTILINE)
    packages = {path.parent.name for path in (ROOT / "import_validator").glob("*/__init__.py")}
    assert {name for name, _ in rows if "." not in name} == packages
    modules = [f"{name}/{module}" for name, shown in rows for module in re.findall(r"`([\w/]+\.py)`", shown)]
    assert [each for each in modules if not (ROOT / "import_validator" / each).is_file()] == []
