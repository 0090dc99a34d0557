"""`bindeledd demo`: bring in, say what happened, serve until stopped."""

import sys

import click

from bindeledd.foundation.clock import now
from bindeledd.foundation.console import answer_json, leave, progress_bar
from bindeledd.foundation.texts import t


@click.command()
@click.option("--patients", default=60, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--no-serve", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def demo(patients: int, seed: int, no_serve: bool, as_json: bool) -> None:
    """Make a demo with synthetic patients, show what happened, and run it until it is stopped."""
    from bindeledd.demo.bringing import bring_in
    from bindeledd.demo.telling import tell, words

    at = now()
    with progress_bar(t("demo.words.bringing"), silent=as_json) as show:
        made = bring_in(patients=patients, seed=seed, at=at, progress=show)
    told = tell(made, at)
    made.database.close()
    if as_json:
        answer_json(told.numbers)
    else:
        click.echo("\n".join(words(told)))
    if no_serve:
        if not as_json:
            _say_logins()
        leave(0 if told.statement.complete else 1)
    _say_who(made.settings.port)
    from bindeledd.running import supervise

    sys.exit(supervise())


def _say_who(port: int) -> None:
    from bindeledd.features.access.domain import DEMO_PASSWORD

    url = f"http://127.0.0.1:{port}"
    click.echo("\n" + t("demo.words.open", url=url, password=DEMO_PASSWORD))
    _say_members()
    click.echo(t("demo.words.invented"))
    click.echo(t("demo.words.again") + "\n")


def _say_logins() -> None:
    from bindeledd.features.access.domain import DEMO_PASSWORD

    click.echo("\n" + t("demo.words.log_in", password=DEMO_PASSWORD))
    _say_members()
    click.echo(t("demo.words.start"))


def _say_members() -> None:
    from bindeledd.demo.bringing import MEMBERS

    for team, login, name, role in MEMBERS:
        what = t(f"demo.words.{'lead' if role == 'lead' else 'member'}")
        click.echo(f"  {login:<8} {name} ({team}, {what})")
