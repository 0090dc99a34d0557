"""What layers say of the plan and cannot both stand: one section twice, two names for one unit."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.plan_values import PlanForm, PlanSection, SectionForm
from bindeledd.features.pathways.domain.table import Finding, listed
from bindeledd.features.pathways.domain.values import Origin
from bindeledd.features.pathways.domain.versions import newest
from bindeledd.foundation.texts import Fault


def plan_findings(first: PlanForm | None, layers: Sequence[Layer]) -> list[Finding]:
    """Every fault in what the newest version of each layer says of the plan."""
    ordered = in_order(newest(layers, lambda layer: layer.id).values())
    speaking = [layer for layer in ordered if layer.plan is not None]
    return [*_sections(first, speaking), *_names(speaking)]


def _sections(first: PlanForm | None, layers: Sequence[Layer]) -> Iterator[Finding]:
    there: dict[str, PlanSection] = {one.key: one for one in first.sections} if first else {}
    for layer in layers:
        mine = layer.plan.sections if layer.plan else ()
        for one in mine:
            before = there.setdefault(one.key, one)
            if before is not one:
                yield _finding(one.origin, one.key, "pathways.plan_section_twice", before.origin)
            if one.form is SectionForm.MEASURES:
                yield _finding(one.origin, one.key, "pathways.plan_measures_twice", one.origin)
            if one.after and one.after not in there:
                known = listed((key for key in there if key != one.key), one.after)
                fault = Fault("pathways.plan_after", {"name": one.after, "known": known})
                where = one.stands.get("after", one.origin)
                yield Finding(origin=where, key=f"{one.key}.after", fault=fault)


def _names(layers: Sequence[Layer]) -> Iterator[Finding]:
    """On one level two layers that may be for one unit have one name between them."""
    named = [
        (one, one.plan.title, one.plan.origin) for one in layers if one.plan and one.plan.title
    ]
    for (one, title, there), (other, name, origin) in combinations(named, 2):
        same_place = one.level == other.level and one.may_meet(other)
        if same_place and one.extends == other.extends and title != name:
            yield _finding(origin, "plan.title", "pathways.plan_named_twice", there)


def _finding(origin: Origin, key: str, code: str, there: Origin) -> Finding:
    return Finding(origin=origin, key=key, fault=Fault(code, {"there": there}))
