"""What the pack says to whoever sets it up: in bokmål and in English."""

from collections.abc import Iterable, Mapping

Said = Mapping[str, str]


def both(nb: str, en: str) -> Said:
    return {"nb": nb, "en": en}


def joined(every: Iterable[Said]) -> Said:
    """Several together, each once."""
    told = list(every)
    return {code: "; ".join(dict.fromkeys(one[code] for one in told)) for code in ("nb", "en")}


def write(text: str) -> Said:
    return both(f"skriv {text}", f"write {text}")


def use(text: str) -> Said:
    return both(f"bruk {text}", f"use {text}")


UNKNOWN = both("finnes ikke", "does not exist")
NO_ACCOUNT = both(
    "kontoen kan ikke spørres: se etter brukernavn og passord",
    "the account cannot be asked: see to user name and password",
)


def reveals(said: str) -> Said:
    return both(f"«{said}» røper hva slags arbeid dette er", f"“{said}” tells what work this is")


def known(names: Iterable[str]) -> Said:
    there = ", ".join(names)
    return both(f"kjente er {there}", f"the known ones are {there}")
