"""`bindeledd discharges FILE`: a discharge list is compared with the register."""

from pathlib import Path
from typing import Any

import click

from bindeledd.foundation.console import Site, answer_json, leave, pass_site


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@pass_site
def discharges(site: Site, file: Path, as_json: bool) -> None:
    """Compare a discharge list (CSV or Excel .xlsx) with the register.

    A discharge that no follow-up knows and nobody has decided waits for a decision on the page
    To decide, with an owner and a due time.
    """
    from bindeledd.features.discharges import schemas, service
    from bindeledd.foundation.sheets import read_file
    from bindeledd.foundation.texts import t

    data = read_file(file)
    asking: dict[str, Any] = {"by": site.actor, "at": site.at, "book": site.book}
    lines, compared = service.read_lines(data, by=site.actor, at=site.at), []
    with site.database.transaction() as session:
        register = service.read_register(session, lines, by=site.actor, at=site.at)
    for one in lines:
        with site.database.transaction() as session:  # nobody waits for the whole list
            compared.append(
                service.compare_line(session, one, register=register, file=file.name, **asking)
            )
    with site.database.transaction() as session:
        done = service.keep_list(session, compared, data=data, name=file.name, **asking)
    answer = schemas.as_json(done)
    if as_json:
        answer_json(answer)
    else:
        for line in done.lines:
            if line.why is not None:
                click.echo(schemas.refused_words(line))
        numbers = {name: value for name, value in answer.items() if isinstance(value, int)}
        click.echo(t("discharges.command.sum", **numbers))
    leave(1 if answer["asked"] or answer["waiting"] or answer["refused"] else 0)
