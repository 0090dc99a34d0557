"""The demo: a site on this machine, a synthetic caseload through the real intake, a team at work.

`bringing.py` makes the site and plays the messages and the team's days; `team.py` is what the
invented team does; `telling.py` says what happened; `command.py` is `bindeledd demo`.
"""
