"""The README's commands, the Makefile's recipes and CI's script are the same ones."""

import re
import subprocess
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
CI = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def targets() -> set[str]:
    """The recipes one may ask for: whatever is declared phony."""
    return set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE).group(1).split())


def commands(page: str) -> set[str]:
    """The `make` lines of a page's code blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return {
        line.split("#")[0].strip()
        for block in blocks
        for line in block.splitlines()
        if re.match(r"make \w", line)
    }


def test_every_recipe_has_a_sentence() -> None:
    sentences = dict(re.findall(r"^([a-z-]+):[^=\n]*## (.+)$", MAKEFILE, re.MULTILINE))

    assert targets() == set(sentences)
    for sentence in sentences.values():
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_make_alone_prints_every_recipe() -> None:
    printed = subprocess.run(
        ["make", "--no-print-directory"], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout

    assert targets() == {line.split()[1] for line in printed.splitlines()}


def test_the_readme_gives_two_commands() -> None:
    assert {"make demo", "make test"} == commands(README)


def test_ci_runs_the_readmes_commands() -> None:
    assert 'section "make test" make test\n' in CI
    assert re.search(r"bare demo ARGS=--exit$", CI, re.MULTILINE)


def test_contributors_are_told_only_of_recipes_there_are() -> None:
    assert {line.split()[1] for line in commands(CONTRIBUTING)} <= targets()


def test_ci_refuses_a_path_with_other_languages_tools() -> None:
    foreign = re.search(r"^foreign=\((.+)\)$", CI, re.MULTILINE).group(1).split()

    assert {"node", "npm", "java", "go", "cargo"} <= set(foreign)


def test_scripts_may_be_run() -> None:
    scripts = [PROJECT / ".ci" / "run", *(PROJECT / "scripts").glob("*.sh")]

    assert [path.name for path in scripts if not path.stat().st_mode & 0o100] == []


def test_every_ruff_ignore_has_its_reason() -> None:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    ignored = [*lint["ignore"], *(r for rules in lint["per-file-ignores"].values() for r in rules)]

    assert [r for r in ignored if not re.search(rf'"{r}".*# [\w`].*\.$', text, re.MULTILINE)] == []
