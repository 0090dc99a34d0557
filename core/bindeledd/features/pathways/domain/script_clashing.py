"""What layers say of the script of a call and cannot stand: a step twice, one after none there is."""

from collections.abc import Iterator, Sequence

from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.script_values import Script, ScriptStep
from bindeledd.features.pathways.domain.table import Finding, listed
from bindeledd.features.pathways.domain.versions import newest
from bindeledd.foundation.texts import Fault


def script_findings(first: Script | None, layers: Sequence[Layer]) -> Iterator[Finding]:
    """Every fault in what the newest version of each layer says of the script."""
    there: dict[str, ScriptStep] = {one.key: one for one in first.steps} if first else {}
    for layer in in_order(newest(layers, lambda one: one.id).values()):
        for one in layer.script.steps if layer.script else ():
            before = there.setdefault(one.key, one)
            if before is not one:
                fault = Fault("pathways.script_twice", {"there": before.origin})
                yield Finding(origin=one.origin, key=one.key, fault=fault)
            if one.after and one.after not in there.keys() - {one.key}:
                known = listed((key for key in there if key != one.key), one.after)
                fault = Fault("pathways.script_after", {"name": one.after, "known": known})
                where = one.stands.get("after", one.origin)
                yield Finding(origin=where, key=f"{one.key}.after", fault=fault)
