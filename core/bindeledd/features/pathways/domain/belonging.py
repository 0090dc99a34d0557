"""Whose a routine or a layer is: an id belongs to the distribution that came first with it.

A newer version of somebody else's routine or layer would stand in its place, with whatever it leaves
out. Only those who brought it give it a new version; everybody else writes a layer of their own.
"""

from collections.abc import Iterable, Iterator

from bindeledd.features.pathways.domain.layer_values import Layer
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.domain.values import Origin, Pathway
from bindeledd.foundation.texts import Fault


def taken(pathways: Iterable[Pathway], layers: Iterable[Layer]) -> Iterator[Finding]:
    """Routines and layers whose id is another distribution's, and layers that call themselves as a
    routine: each at the line of its `id`, with whose it is. Both are in the order of reading."""
    routines: dict[str, Origin] = {}
    for pathway in pathways:
        stands = pathway.stands.get("id", pathway.origin)
        owner = routines.setdefault(pathway.id, stands)
        if owner.distribution != stands.distribution:
            yield _told(pathway.id, stands, owner, "pathways.routine_of_another")
    first: dict[str, Origin] = {}
    for layer in layers:
        stands = layer.stands.get("id", layer.origin)
        owner = first.setdefault(layer.id, stands)
        if layer.id in routines:
            yield _told(layer.id, stands, routines[layer.id], "pathways.routine_of_another")
        elif owner.distribution != stands.distribution:
            yield _told(layer.id, stands, owner, "pathways.layer_of_another")


def _told(name: str, stands: Origin, owner: Origin, code: str) -> Finding:
    values = {"name": name, "owner": owner.distribution, "there": owner}
    return Finding(origin=stands, key="id", fault=Fault(code, values))
