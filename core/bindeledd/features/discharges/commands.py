"""`bindeledd discharges FILE`: a discharge list is compared with the register."""

from pathlib import Path

import click

from bindeledd.foundation.console import Site, answer_json, leave, pass_site


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def discharges(site: Site, file: Path, as_json: bool) -> None:
    """Sammenlign en utskrivningsliste (CSV eller Excel .xlsx) med registeret.

    En utskrivning som ingen oppfølging kjenner og ingen har avgjort, venter på avgjørelse på
    siden Avklar, med eier og frist.
    """
    from bindeledd.features.discharges import schemas, service
    from bindeledd.foundation.sheets import read_file
    from bindeledd.foundation.texts import t

    data = read_file(file)
    with site.database.transaction() as session:
        done = service.compare(
            session, data=data, name=file.name, by=site.actor, at=site.at, book=site.book
        )
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
