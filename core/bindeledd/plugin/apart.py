"""What two packs may not both say: one key, one channel, one address, one format of messages."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from bindeledd.features.pathways.domain import Ladder
from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.staff.domain import KnownOrganisation
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said
from bindeledd.plugin.asking import Yielded
from bindeledd.plugin.host.values import PluginChannel, PluginJob, PluginReader, PluginReport


def insist_single(yielded: Sequence[Yielded]) -> None:
    """Two things of one name stop the start, and both sides are named."""
    first: dict[tuple[str, str], Yielded] = {}
    for one in yielded:
        for kind, name in _names(one):
            there = first.setdefault((kind, name), one)
            if there is not one:
                raise Misconfigured(
                    "plugin.declared_twice",
                    where=one.where,
                    kind=said(f"plugin.kinds.{kind}"),
                    name=name,
                    place=there.where,
                )


def _names(one: Yielded) -> Iterator[tuple[str, str]]:
    """What may be there only once, of one value; a job, once in its plugin."""
    value = one.value
    if isinstance(value, CaseField):
        yield "field", value.key
    if isinstance(value, Ladder):
        yield "ladder", value.key
    if isinstance(value, PluginChannel):
        yield "channel", value.key
    if isinstance(value, PluginJob):
        yield "job", f"{one.plugin.name}:{value.key}"
    if isinstance(value, PluginReader):
        yield "reader", f"{one.plugin.name}:{value.key}"
    if isinstance(value, PluginReport):
        yield "report", f"{one.plugin.name}:{value.key}"
    if isinstance(value, Contact):
        yield "contact", value.key
    if isinstance(value, KnownOrganisation):
        yield "organisation", value.key
        yield from (("unit", unit.key) for unit in value.units)
        yield from (("team", team.key) for team in value.teams)
        points = [value.points, *(unit.points for unit in value.units)]
        yield from (("address", ":".join(point)) for some in points for point in some)


def insist_apart(yielded: Sequence[Yielded]) -> None:
    """No message could be of two readers' formats: whose it is would be a matter of luck."""
    readers = [
        (one, one.value.format_in(one.plugin.name))
        for one in yielded
        if isinstance(one.value, PluginReader)
    ]
    for (first, known), (second, wanted) in combinations(readers, 2):
        if known.meets(wanted):
            raise Misconfigured(
                "plugin.same_format",
                where=second.where,
                name=wanted.key,
                place=first.where,
                other=known.key,
            )
