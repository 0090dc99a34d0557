"""From bytes to a tree that can do no harm, or a coded refusal. Nothing is ever fetched.

No document type, no entity, no network, no processing instruction; a cap on size and depth. The
encoding is settled here: what is declared is checked against the bytes, so that a name is either
right or refused, never mangled. No refusal carries content.
"""

import re
from contextlib import suppress
from dataclasses import dataclass

from lxml import etree

from bindeledd.foundation.errors import Invalid

LARGEST = 20_000_000  # bytes; attachments included
DEEPEST = 200  # elements within elements
MOST = (
    400_000  # elements, attributes and whatever else makes a node: a tree is larger than its text
)


class CannotRead(Invalid):
    """The message cannot be read. It stands in the queue with this reason; it is never dropped.

    `at` names the field that is wrong, where it is one: `[wanted]` in the catalogue says which it
    is and what would be right.
    """

    code = "intake.cannot_read"

    @property
    def reason(self) -> str:
        """Code and field, as a message in the queue keeps them."""
        return f"{self.code}:{self.facts['at']}" if self.facts.get("at") else self.code

    @property
    def about(self) -> dict[str, object]:
        """Which column and heading of a list it is about: to be sealed, it is a word of the file."""
        return {name: self.facts[name] for name in ("column", "heading") if name in self.facts}


class TooLarge(CannotRead):
    code = "intake.too_large"


class TooDeep(CannotRead):
    code = "intake.too_deep"


class NotXml(CannotRead):
    code = "intake.not_xml"


class ExcelRefused(CannotRead):
    """A workbook of Excel: a list that is taken in as messages is CSV."""

    code = "intake.is_excel"


class EntityRefused(CannotRead):
    """It declares a document type or entities: no discharge message does, and it may be an attack."""

    code = "intake.entity_refused"


class WrongEncoding(CannotRead):
    """The bytes are not what the message says they are, or two encodings are mixed in it."""

    code = "intake.encoding"


@dataclass(frozen=True)
class Document:
    """A parsed message: `root` without comments and instructions; the encoding that it was in."""

    root: etree._Element
    encoding: str


_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*?\?>")
_DECLARED = re.compile(rb"\A\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WESTERN = {"iso-8859-1", "latin-1", "latin1", "iso8859-1", "windows-1252", "cp1252", "iso-8859-15"}
_MIXED = re.compile("[ÂÃÄÅ][\x80-\xbf]|á[¸¹º]")  # UTF-8 that was read as Western European


def is_excel(data: bytes) -> bool:
    """Whether the bytes are a workbook, of Excel today or before 2007."""
    return data.startswith(b"\xd0\xcf\x11\xe0") or (
        data.startswith(b"PK\x03\x04") and b"xl/" in data
    )


def parse(data: bytes, *, largest: int = LARGEST) -> Document:
    """The tree of `data`. Raises a `CannotRead`; nothing of the content stands in it."""
    if len(data) > largest:
        raise TooLarge(size=len(data), largest=largest)
    if not data.strip():
        raise NotXml(size=len(data))
    text, encoding = decode(data)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise EntityRefused()
    if text.count("<") + text.count("=") > MOST:
        raise TooLarge(most=MOST)
    root = _tree(_DECLARATION.sub("", text, count=1))
    _refuse_depth(root)
    return Document(root, encoding)


def decode(data: bytes) -> tuple[str, str]:
    """The text and the encoding it was in. Raises `WrongEncoding` where that is not certain."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name), name
    found = _DECLARED.match(data[:200])
    declared = found.group(1).decode("ascii").lower() if found else ""
    if declared in ("utf-8", "utf8", "us-ascii", "ascii"):
        return _strict(data, "utf-8"), "utf-8"
    if declared and declared not in _WESTERN:
        raise WrongEncoding(declared=declared)
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8"), "utf-8"
    text = _strict(data, "iso-8859-15" if declared == "iso-8859-15" else "cp1252")
    if _MIXED.search(data.decode("latin-1")):
        raise WrongEncoding(declared=declared, mixed=True)
    return text, declared or "windows-1252"


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as wrong:
        raise WrongEncoding(declared=name, at_byte=wrong.start) from None


def _tree(text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,  # an attachment is one long text; size, depth and entities are capped here
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as wrong:
        raise NotXml(line=wrong.lineno) from None
    except (ValueError, UnicodeEncodeError):
        raise NotXml() from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise EntityRefused()
    return root


def _refuse_depth(root: etree._Element) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise TooDeep(deepest=DEEPEST)
