"""What a person reads stands in the catalogues: no command and no fault has words of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from architecture.test_rules_translations import NB, NORWEGIAN
from architecture.tree import CORE
from bindeledd.cli import COMMANDS, Lazy
from bindeledd.foundation.texts import LANGUAGES, speaking, t

# What writes for people, and what says that something is wrong: the first argument is what is said.
SAYS = {"echo", "secho", "print", "prompt", "confirm", "answer_table", "progress_bar"}
REFUSES = {"BadParameter", "UsageError", "ClickException", "LineWrong", "PeriodError"}
FAULTS = {"Misconfigured", "PortTaken", "Fault"}
WORDED = {"help", "short_help", "epilog", "prompt", "confirmation_prompt"}
# Errors of programs: a developer reads them, nobody else.
NOT_SAID = {"revising.py"}
# What is read or played in Norwegian: headings of lists and messages, hours as people type them,
# the words of click, invented patients and what an invented team writes about them.
READS_NORWEGIAN = (
    "demo/returning.py",
    "demo/team.py",
    "features/casefile/domain/in_hand.py",
    "features/discharges/domain.py",
    "features/intake/domain/",
    "features/staff/domain/hours.py",
    "features/takeover/domain/reading.py",
    "foundation/usage.py",
)


def sources() -> Iterator[tuple[Path, ast.AST]]:
    for file in sorted(CORE.rglob("*.py")):
        if file.name not in NOT_SAID:
            yield file, ast.parse(file.read_text(encoding="utf-8"))


def calls(names: set[str]) -> Iterator[tuple[Path, ast.Call]]:
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in names:
                yield file, node


def called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def words_in(node: ast.AST) -> list[str]:
    """The letters that stand in the code itself, in a text or between the values of one."""
    if isinstance(node, ast.Call | ast.Subscript | ast.comprehension):
        return []
    if isinstance(node, ast.JoinedStr):
        found = [part for part in node.values if isinstance(part, ast.Constant)]
        return [str(part.value) for part in found if any(map(str.isalpha, str(part.value)))]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if any(map(str.isalpha, node.value)) else []
    return [word for inner in ast.iter_child_nodes(node) for word in words_in(inner)]


def codes_in(node: ast.AST) -> list[str]:
    """The codes that a first argument may be: one, or one of two."""
    if isinstance(node, ast.IfExp):
        return [*codes_in(node.body), *codes_in(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def at(file: Path, node: ast.Call) -> str:
    return f"{file.relative_to(CORE)}:{node.lineno}"


def test_no_norwegian_stands_in_the_code() -> None:
    """Wherever it is written: what a list of readings, names or invented people holds is listed."""
    odd = [
        f"{file.relative_to(CORE)}:{line} {text!r}"
        for file, tree in sources()
        if not file.relative_to(CORE).as_posix().startswith(READS_NORWEGIAN)
        for line, text in literals(tree)
        if is_norwegian(text)
    ]
    assert odd == []


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text of the code but what explains it to a developer."""
    explains = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in explains
        ):
            yield node.lineno, node.value


def is_norwegian(text: str) -> bool:
    """Two words or more, one of them plainly Norwegian, or a letter that English has not."""
    words = re.findall(r"[a-zæøå]+", text.lower())
    if "[" in text or len(words) < 2 or "_" in text or "." in text.strip(".").replace(". ", ""):
        return False
    return bool(NORWEGIAN & set(words)) or re.search("[æøå]", text.lower()) is not None


@pytest.mark.parametrize("names", [SAYS, REFUSES], ids=["says", "refuses"])
def test_what_is_said_stands_in_the_catalogues(names: set[str]) -> None:
    odd = [
        f"{at(file, call)} {word!r}"
        for file, call in calls(names)
        for said in call.args[: 2 if called(call) == "answer_table" else 1]
        for word in words_in(said)
        if word.strip() != "Bindeledd"
    ]
    assert odd == []


def test_no_option_has_words_of_its_own() -> None:
    odd = [
        f"{at(file, call)} {keyword.arg}"
        for file, call in calls({"option", "argument", "command", "group"})
        for keyword in call.keywords
        if keyword.arg in WORDED
    ]
    assert odd == []


def test_a_fault_is_a_code_that_says_what_is_wrong_and_what_to_do() -> None:
    odd = []
    for file, call in calls(FAULTS):
        for code in codes_in(call.args[0]) if call.args else []:
            name, _, fault = code.partition(".")
            lacks = {f"{name}.faults.{fault}.{part}" for part in ("what", "do")} - set(NB)
            odd += [f"{at(file, call)} {key}" for key in sorted(lacks)]
        odd += [
            f"{at(file, call)} {word!r}"
            for keyword in call.keywords
            if keyword.arg == "do"
            for word in words_in(keyword.value)
        ]
    assert odd == []


def test_a_file_that_is_wrong_is_told_of_by_code() -> None:
    """`table.wrong("due", "pathways.due_when")`: forms of pages give words of their own."""
    files = {"settings", "setup", "pathways", "plugin"}
    given = [
        (at(file, call), arg.value)
        for file, call in calls({"wrong", "_wrong", "_fault"})
        for arg in call.args
        if isinstance(arg, ast.Constant) and str(arg.value).partition(".")[0] in files
    ]
    odd = [
        (where, code)
        for where, code in given
        if "." in code and f"{code.replace('.', '.faults.', 1)}.what" not in NB
    ]
    assert len(given) > 50
    assert odd == []


def test_no_fault_is_told_that_nobody_finds() -> None:
    written = {
        node.value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    told = {".".join(key.split(".")[:3:2]) for key in NB if re.search(r"\.faults\..*\.what$", key)}
    built = {code for code in told if code.startswith("intake.route_")}
    assert sorted(told - written - built) == []


def test_the_rule_sees_words_where_they_are_written() -> None:
    assert [t for t in ("mangler nøkkelen", "kan ikke lastes: ") if not is_norwegian(t)] == []
    assert [t for t in ("is missing", "settings.no_port", "task_for") if is_norwegian(t)] == []
    assert words_in(ast.parse('f"Feil: {x}"')) == ["Feil: "]
    assert words_in(ast.parse('f"{x}: {y}"')) == words_in(ast.parse('t("a.b")')) == []


# --- help -----------------------------------------------------------------------------------------


def below(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from below(inner, f"{path} {name}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_says_what_it_is_in_every_language(
    name: str, language: str
) -> None:
    group = Lazy("bindeledd")
    with speaking(language):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        silent = [
            f"{path} {param.name}"
            for path, one in below(command, name)
            for param in one.params
            if isinstance(param, click.Option) and not param.help
        ]
        assert (silent, [path for path, one in below(command, name) if not one.help]) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_commands_names_all_that_each_group_can_do(language: str) -> None:
    group = Lazy("bindeledd")
    with speaking(language):
        for name in COMMANDS:
            command = group.get_command(click.Context(group), name)
            if isinstance(command, click.Group):
                named = t(f"commands.list.{name}").partition(": ")[2].rstrip(".").split(", ")
                assert sorted(named) == sorted(command.commands), name


def test_no_help_is_told_of_a_command_that_is_gone() -> None:
    group, there = Lazy("bindeledd"), set()
    for name, (_, _, place) in COMMANDS.items():
        command = group.get_command(click.Context(group), name)
        assert command is not None
        for path, one in below(command, name):
            start = f"{place}.commands.{path.replace(' ', '.')}"
            there |= {f"{start}.help", *(f"{start}.{param.name}" for param in one.params)}
    told = {key for key in NB if key.split(".")[1] == "commands"}
    assert sorted(told - there) == []
