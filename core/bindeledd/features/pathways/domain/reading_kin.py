"""Reading who may be told what, by age; every fault with its line."""

from bindeledd.features.pathways.domain.kin_values import AgeLimit, KinRules
from bindeledd.features.pathways.domain.reading_rules import read_basis
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.values import Basis, BasisKind
from bindeledd.features.pathways.domain.words import Words

_LIMITS = {"informed": "under", "objection": "from", "responsibility": "under", "estimate": "years"}
_BASES = ("consent", "general", "daily_care")


def read_kin(root: Table, words: Words) -> list[KinRules]:
    """The rules of a file that has them: all of them, or none."""
    if "kin" not in root.content:
        return []
    table = root.table("kin")
    if table is None:
        return []
    table.only("rows", *_LIMITS, *_BASES)
    rules = KinRules(
        informed=_limit(table, "informed"),
        objection=_limit(table, "objection"),
        responsibility=_limit(table, "responsibility"),
        estimate=_limit(table, "estimate"),
        consent=_basis(table.table("consent")),
        general=_basis(table.table("general")),
        daily_care=_basis(table.table("daily_care")),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
    )
    if rules.objection.years > rules.informed.years:
        table.wrong("objection", "pathways.above_informed")
    if rules.informed.years > rules.responsibility.years:
        table.wrong("informed", "pathways.above_responsibility")
    return [rules]


def _limit(table: Table, name: str) -> AgeLimit:
    inner, key = table.table(name), _LIMITS[name]
    if inner is None:
        return AgeLimit(years=1, basis=_basis(None))
    inner.only(key, "basis")
    return AgeLimit(years=inner.number(key), basis=_basis(inner, whole=False))


def _basis(table: Table | None, *, whole: bool = True) -> Basis:
    """The basis of a rule; with `whole` it stands alone in its table."""
    if table is not None and whole:
        table.only("basis")
    found = None if table is None else read_basis(table)
    if found is None and table is not None:
        table.wrong("basis", "pathways.no_law")
    return found or Basis(kind=BasisKind.DEFAULT, source="")
