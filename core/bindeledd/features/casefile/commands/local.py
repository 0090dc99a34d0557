"""What local routines a unit or a follow-up has, in words: their layers, and grounds of sharing."""

from collections.abc import Sequence

import click

from bindeledd.features.pathways.domain import Ground
from bindeledd.features.pathways.service.wording import ground_words
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
