"""Rule sets: what holds for one format, from a TOML file, from text, or built in Python."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ..errors import RuleSetError
from ..rules import KINDS, Rule
from .content import Content, RecordType
from .making import RuleMaker
from .problems import Problems, placed
from .reading import read_document
from .toml_text import read_toml, text_of

__all__ = ["RecordType", "RuleSet"]


class RuleSet(Content):
    """The rules of one format: load a shipped one by name, read one from TOML, or add rules to one.

    Among its attributes are `name`, `title`, `params`, `records` and `shapes`, each by name. `with_rules` gives a copy
    with more rules, and `parameters` the values of its parameters. `import_validator.ruleset.content.Content` has all.
    """

    @classmethod
    def load(cls, rules: str | os.PathLike[str]) -> RuleSet:
        """Load a shipped rule set by its name, or one from a file by its path, which ends in `.toml`.

        Raises:
            RuleSetError: where there is none, or it is broken.
        """
        if str(rules).endswith(".toml"):
            return cls._load_file(Path(rules))
        shipped = _shipped()
        if str(rules) not in shipped:
            raise RuleSetError(f"no rule set {str(rules)!r}; there are {', '.join(shipped)}, or a path to a .toml file")
        return _load_shipped(str(rules))

    @classmethod
    def _load_file(cls, path: Path) -> RuleSet:
        try:
            text = text_of(path)
        except OSError as error:
            raise RuleSetError(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise RuleSetError(f"{path}: {error}") from error
        return cls._read(text, path.stem, path=str(path))

    @classmethod
    def shipped(cls) -> list[RuleSet]:
        """All rule sets that come with this package."""
        return [cls.load(name) for name in _shipped()]

    @classmethod
    def from_toml(cls, text: str, *, name: str = "", kinds: Mapping[str, type[Rule]] | None = None) -> RuleSet:
        """Read a rule set from TOML text.

        Arguments:
            name: its name, where the text does not give one.
            kinds: kinds of rule of the caller's own, by the name that the text uses.

        Raises:
            RuleSetError: where the text is broken. Its `problems` are everything that is wrong, each with its line.
        """
        return cls._read(text, name, kinds=kinds)

    @classmethod
    def from_dict(
        cls, document: Mapping[str, Any], *, name: str = "", kinds: Mapping[str, type[Rule]] | None = None
    ) -> RuleSet:
        """Read a rule set from a dictionary that is laid out as the TOML is. See `from_toml`."""
        return cls._from_document(document, name, kinds=kinds)

    @classmethod
    def _read(cls, text: str, name: str, *, kinds: Mapping[str, type[Rule]] | None = None, path: str = "") -> RuleSet:
        try:
            return cls._from_document(read_toml(text), name, kinds=kinds, path=path, text=text)
        except RuleSetError as error:
            raise placed(error, path, text) from error

    @classmethod
    def _from_document(
        cls,
        document: Mapping[str, Any],
        name: str,
        *,
        kinds: Mapping[str, type[Rule]] | None = None,
        path: str = "",
        text: str = "",
    ) -> RuleSet:
        problems = Problems()
        read = read_document(document, name, problems)
        rule_set = cls(**read, kinds={**KINDS, **(kinds or {})}, path=path, text=text)
        if problems:  # look at the rules now, too: all problems are said at once
            RuleMaker(rule_set, rule_set.parameters(), problems).make_all()
            problems.raise_error()
        return rule_set


@cache
def _load_shipped(name: str) -> RuleSet:
    return RuleSet.from_toml(_shipped()[name].read_text("utf-8"))


@cache
def _shipped() -> dict[str, Traversable]:
    """The shipped rule sets' files by name: in the installed package, or beside it in a checkout."""
    folder: Traversable = resources.files("import_validator") / "rulesets"
    if not folder.is_dir():
        folder = Path(__file__).parent.parent.parent / "rules"
    files = [each for each in folder.iterdir() if each.name.endswith(".toml")]
    return dict(sorted((each.name.removesuffix(".toml"), each) for each in files))
