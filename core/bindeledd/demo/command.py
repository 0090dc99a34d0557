"""`bindeledd demo`: bring in, say what happened, serve until stopped."""

import sys

import click

from bindeledd.foundation.clock import now
from bindeledd.foundation.console import answer_json, leave, progress_bar


@click.command()
@click.option("--patients", default=60, show_default=True, help="Hvor mange syntetiske personer.")
@click.option("--seed", default=1, show_default=True, help="Samme tall gir samme historier.")
@click.option("--no-serve", is_flag=True, help="Avslutt når alt er hentet inn.")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
def demo(patients: int, seed: int, no_serve: bool, as_json: bool) -> None:
    """Lag en demo med syntetiske pasienter, vis hva som skjedde, og kjør den til den stanses."""
    from bindeledd.demo.bringing import bring_in
    from bindeledd.demo.telling import tell, words

    at = now()
    with progress_bar("Henter inn meldinger", silent=as_json) as show:
        made = bring_in(patients=patients, seed=seed, at=at, progress=show)
    told = tell(made, at)
    made.database.close()
    if as_json:
        answer_json(told.numbers)
    else:
        click.echo("\n".join(words(told)))
    if no_serve:
        leave(0 if told.statement.complete else 1)
    _say_who(made.settings.port)
    from bindeledd.running import supervise

    sys.exit(supervise())


def _say_who(port: int) -> None:
    from bindeledd.demo.bringing import MEMBERS
    from bindeledd.features.access.domain import DEMO_PASSWORD

    click.echo(f"\nÅpne http://127.0.0.1:{port} og logg inn med passordet {DEMO_PASSWORD} som")
    for team, login, name, role in MEMBERS:
        click.echo(f"  {login:<8} {name} ({team}, {'leder' if role == 'lead' else 'medarbeider'})")
    click.echo("Alt er oppdiktet, og ingenting sendes ut av maskinen. Stans med Ctrl-C.")
    click.echo(
        "`bindeledd demo` lager alt på nytt. `bindeledd run` går videre med det som er her.\n"
    )
