"""The tables of a description put over those that stand in the settings file."""

from copy import deepcopy

from bindeledd.settings.checking import Tables


def merged(own: Tables, wanted: Tables) -> Tables:
    """The site's tables with those that are wanted over them; nothing is taken away."""
    result = deepcopy(own)
    for name, table in wanted.items():
        if name == "plugin" and isinstance(table, list):
            result[name] = _packs(result.get(name, []), table)
        elif isinstance(table, list):
            result[name] = _routes(result.get(name, []), table)
        else:
            result[name] = {**result.get(name, {}), **table}
    return _without_packs_taken_out(result, own, wanted)


def _without_packs_taken_out(result: Tables, own: Tables, wanted: Tables) -> Tables:
    """What was said to a pack that is named no more says nothing to anybody: no start takes it."""
    named = wanted.get("site", {}).get("plugins")
    if named is None:
        return result
    said = {row.get("name") for row in wanted.get("plugin", [])}
    gone = {row.get("name") for row in own.get("plugin", [])} - {*named, *said}
    if gone:
        result["plugin"] = [row for row in result["plugin"] if row.get("name") not in gone]
    return result


def route(row: Tables) -> str:
    """By what a route is known: its source and kinds."""
    kinds = " ".join(sorted(map(str, row.get("kinds") or ["*"])))
    return f"{row.get('source', '*')} {kinds}"


def _routes(own: list[Tables], wanted: list[Tables]) -> list[Tables]:
    """The site's routes, each in its place; what is wanted of the same source and kinds instead.

    New ones stand before the catch-all of the site: the first that fits counts.
    """
    known = {route(row): row for row in wanted}
    there = {route(row) for row in own}
    kept = [known.get(route(row), row) for row in own]
    new = [row for name, row in known.items() if name not in there]
    last = next((n for n, row in enumerate(kept) if route(row) == "* *"), len(kept))
    return [*kept[:last], *new, *kept[last:]]


def _packs(own: list[Tables], wanted: list[Tables]) -> list[Tables]:
    """What the site says to each pack, by its name; of one that is said again, key by key."""
    kept = [dict(row) for row in own]
    there = {row.get("name"): row for row in kept}
    for row in wanted:
        if row.get("name") in there:
            there[row.get("name")].update(row)
        else:
            kept.append(dict(row))
    return kept
