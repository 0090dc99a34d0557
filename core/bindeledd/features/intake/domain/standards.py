"""Schemas and code lists, where a site has them: stricter reading, never a need.

`Standards(folder)` looks for `schemas/` and `codes/` below the folder. Schemas import each other
by web addresses and by folders that are not there: all of it is found by file name, and nothing
is ever fetched. Without the folder the product reads by structure and says so.
"""

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.plo import HEAD
from bindeledd.features.intake.domain.safety import Document
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said

_EPIKRISE = {"epikrise-1.1": "Epikrise-v1.1.xsd", "epikrise-1.2": "Epikrise-v1.2.xsd"}
_BODIES = ("Pasientlogistikk", "TverrfagligEpikrise", "Innleggelsesrapport")
_PLO = {"plo-1.6": ("2012-04-01", "v1.6"), "plo-1.5": ("2009-06-30", "v1.5")}
_XSD = "http://www.w3.org/2001/XMLSchema"
# Which code list an element's `V` is of, where the message does not say it itself.
_LISTS = {"Forsendelsesstatus": "7309", "ServType": "7309", "Slektskap": "9033"}


class _ByFileName(etree.Resolver):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def resolve(  # type: ignore[override]
        self, system_url: str, public_id: str, context: Any
    ) -> Any:
        file = self.folder / Path(system_url).name
        if file.is_file():
            return self.resolve_string(file.read_bytes(), context, base_url=file.as_uri())
        return self.resolve_string(b"<empty/>", context, base_url=system_url)


class Standards:
    """The official schemas and code lists in a folder. Safe to keep for the life of a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._schemas: dict[str, etree.XMLSchema | None] = {}
        if not folder.is_dir():
            raise Misconfigured(
                "intake.no_standards",
                where=f"BINDELEDD_STANDARDS={folder}",
            )

    def check(self, document: Document, format: str) -> bool:
        """True when `document` was held against its schema and is right; False without a schema.

        Raises `AgainstSchema` with line and rule, never with content.
        """
        if format not in self._schemas:
            self._schemas[format] = self._build(format)
        schema = self._schemas[format]
        if schema is None:
            return False
        if not schema.validate(document.root):
            error = schema.error_log[0]  # type: ignore[index]
            raise tree.AgainstSchema(line=error.line, rule=error.type_name, format=format)
        return True

    def odd_codes(self, document: Document) -> Iterator[str]:
        """Codes that are not in their list, as `list:code`. Bad codes are no reason to refuse."""
        for element in document.root.iter("{*}*"):
            code = element.get("V")
            system = (element.get("S") or "").rpartition(".")[2] or _LISTS.get(
                tree.name_of(element)
            )
            known = self._codes.get(system or "")
            if code and known is not None and code not in known:
                yield f"{system}:{code[:12]}"

    @cached_property
    def _codes(self) -> dict[str, dict[str, str]]:
        file = self.folder / "codes" / "volven-selected.json"
        if not file.is_file():
            return {}
        lists: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
        return lists

    def _build(self, format: str) -> etree.XMLSchema | None:
        folder = self.folder / "schemas"
        if format in _EPIKRISE:
            driver = folder / _EPIKRISE[format]
            text = driver.read_bytes() if driver.is_file() else b""
        else:
            text = self._driver(format, folder)
        if not text:
            return None
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        parser.resolvers.add(_ByFileName(folder))
        base = (folder / "driver.xsd").as_uri()
        try:
            return etree.XMLSchema(etree.fromstring(text, parser, base_url=base))
        except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as wrong:
            raise Misconfigured(
                "intake.schema_unreadable",
                where=said(
                    "intake.words.schema",
                    folder=folder,
                    format=format,
                    line=getattr(wrong, "lineno", None),
                ),
            ) from None

    def _driver(self, format: str, folder: Path) -> bytes:
        """One schema that knows the envelope and every body: the envelope alone refuses them."""
        version, ending = _PLO.get(format, ("", ""))
        parts = [(HEAD, "MsgHead-v1_2.xsd")]
        for body in _BODIES:
            name = f"http://www.kith.no/xmlstds/po/{body}/{version}"
            parts.append((name, f"{body}-{ending}.xsd"))
        if not version or not all((folder / file).is_file() for _, file in parts):
            return b""
        imports = "".join(
            f'<import namespace="{name}" schemaLocation="{file}"/>' for name, file in parts
        )
        return f'<schema xmlns="{_XSD}">{imports}</schema>'.encode()
