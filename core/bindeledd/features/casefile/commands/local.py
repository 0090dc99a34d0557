"""What local routines a unit or a follow-up has, in words: their layers, grounds of sharing, letters."""

from collections.abc import Sequence

import click

from bindeledd.features.pathways.domain import Ground, Layer
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.pathways.service.wording import ground_words, source_words
from bindeledd.foundation.console import answer_blocks
from bindeledd.foundation.texts import said_of, t


def layers_said(keys: list[str]) -> str:
    if not keys:
        return t("pathways.explain.no_layers")
    return t("pathways.explain.layers", layers=", ".join(keys))


def show_grounds(grounds: Sequence[Ground]) -> None:
    """On what grounds something may be shared; nothing where no routine names any."""
    if grounds:
        click.echo("")
        answer_blocks(t("pathways.grounds.title"), (_ground(one) for one in grounds))


def _ground(one: Ground) -> tuple[str, list[tuple[str, str]]]:
    lines = [
        (t("pathways.grounds.source"), ground_words(one)),
        (t("casefile.explain.columns.said_by"), str(one.origin)),
    ]
    return f"{said_of(one.title, one.key)} ({one.key})", lines


def show_letters(letters: Sequence[tuple[Layer, Letter]]) -> None:
    """Which letters the routine brings, in which version; nothing where it brings none."""
    if letters:
        click.echo("")
        answer_blocks(t("pathways.letters.title"), (_letter(*one) for one in letters))


def _letter(layer: Layer, letter: Letter) -> tuple[str, list[tuple[str, str]]]:
    lines = [
        (t("pathways.letters.version"), layer.key),
        (t("pathways.grounds.source"), source_words(letter.basis)),
        (t("casefile.explain.columns.said_by"), str(letter.origin)),
    ]
    return f"{said_of(letter.title, letter.key)} ({letter.key})", lines
