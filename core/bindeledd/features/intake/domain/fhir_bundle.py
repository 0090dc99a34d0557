"""What stands in a FHIR bundle, and what each reference in it means. Nothing is ever fetched.

A reference is followed within the bundle (`fullUrl`, `Type/id`, `#contained`) or is not followed.
"""

import re
from collections.abc import Iterator

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.safety import CannotRead

_VERSION = re.compile(r"/_history/[^/]*\Z")
# What is read of a bundle. A proviso in anything else does not change what these say.
READ = (
    "MessageHeader",
    "Composition",
    "Encounter",
    "EpisodeOfCare",
    "Patient",
    "RelatedPerson",
    "Condition",
    "Organization",
    "Appointment",
)


class Circle(CannotRead):
    """Resources that are each part of the other: which stands above which, nobody can say."""

    code = "intake.circle"


class Proviso(CannotRead):
    """It carries a rule or a modifier that changes what it means, and that nobody here knows."""

    code = "intake.proviso"


def said(element: etree._Element | None, *path: str) -> str:
    """The value at `path` of local names, stripped; empty where there is none."""
    found = tree.first(element, *path)
    return "" if found is None else (found.get("value") or "").strip()


def codings(element: etree._Element | None, *path: str) -> Iterator[tuple[str, str]]:
    """(system, code) of every coding of the concepts at `path`."""
    for coding in tree.every(element, *path, "coding"):
        if said(coding, "code"):
            yield said(coding, "system"), said(coding, "code")


def words(element: etree._Element | None, *path: str) -> str:
    """How a concept is called: its text, else what a coding of it is displayed as."""
    concept = tree.first(element, *path)
    shown = (said(coding, "display") for coding in tree.every(concept, "coding"))
    return said(concept, "text") or next((text for text in shown if text), "")


class Bundle:
    """The resources of a bundle, by their kind and by every name that refers to them."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self._by_name: dict[str, etree._Element | None] = {}
        self._of: dict[str, list[etree._Element]] = {}
        for entry in tree.every(root, "entry"):
            for resource in tree.every(entry, "resource", "*"):
                self._add(resource, said(entry, "fullUrl"))
        self._refuse_provisos()

    def _add(self, resource: etree._Element, url: str) -> None:
        kind = tree.name_of(resource)
        self._of.setdefault(kind, []).append(resource)
        if url and self._by_name.setdefault(url, resource) is not resource:
            raise tree.AgainstSchema(rule="fullUrl")
        short = f"{kind}/{said(resource, 'id')}"
        if not short.endswith("/") and short != url:
            other = self._by_name.get(short, resource)
            self._by_name[short] = resource if other is resource else None

    def _refuse_provisos(self) -> None:
        for holder in (self.root, *(one for kind in READ for one in self.of(kind))):
            if tree.first(holder, "implicitRules") is not None:
                raise Proviso(rule="implicitRules")
        for one in (one for kind in READ for one in self.of(kind)):
            if next(one.iter("{*}modifierExtension"), None) is not None:
                raise Proviso(rule="modifierExtension")

    def of(self, kind: str) -> list[etree._Element]:
        """Every resource of a kind, in order."""
        return self._of.get(kind, [])

    def find(
        self, reference: etree._Element | None, *, within: etree._Element | None = None
    ) -> etree._Element | None:
        """What a reference means, where that stands in the bundle (or inside `within`)."""
        name = _VERSION.sub("", said(reference, "reference"))
        if not name:
            return None
        if name.startswith("#"):
            inside = tree.every(within, "contained", "*")
            return next((one for one in inside if said(one, "id") == name[1:]), None)
        return self._by_name.get(name)

    def means(self, reference: etree._Element, resource: etree._Element) -> bool:
        return self.find(reference) is resource
