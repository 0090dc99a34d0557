"""What a pack says of rows beside its keys: `rows.toml`, beside its module."""

from collections.abc import Iterable
from pathlib import Path

from bindeledd.features.pathways.domain.coverage import Cover, read_cover
from bindeledd.features.pathways.domain.opening import Unsound, text_of
from bindeledd.features.pathways.domain.reading import unreadable
from bindeledd.features.pathways.service import catalogue
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.plugin.asking import Plugin


def pack_cover(plugin: Plugin) -> Cover:
    """What stands in the file; nothing where there is none."""
    file = Path(plugin.file).parent / "rows.toml"
    known = catalogue().rows
    try:
        text = text_of(file, file.parent) if file.exists() or file.is_symlink() else ""
    except Unsound as wrong:
        broken = unreadable(wrong, distribution=plugin.distribution, file=file.name)
        return Cover(findings=tuple(broken.findings))
    return read_cover(text, distribution=plugin.distribution, file=file.name, known=known)


def insist_rows(plugins: Iterable[Plugin]) -> None:
    """It can be read, and names rows that there are. Raises `Misconfigured`, each fault by itself."""
    insist_none(
        [
            Misconfigured(
                "pathways.invalid", where=one.origin, name=one.key, fault=one.fault, more=""
            )
            for plugin in plugins
            for one in pack_cover(plugin).findings
        ]
    )
