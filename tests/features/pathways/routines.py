"""What every file of a routine begins with, for tests that write one."""

HEAD = """\
id = "site.after-attempt"
version = "2026.1"
[title]
nb = "Oppfølging"
[applies]
index_event = ["suicide_attempt"]
[longest_silence]
first_30_days = "P7D"
later = "P31D"
[reopen]
within = "P365D"
[unreachable]
earliest = "P30D"
attempts = 5
days = 3
times_of_day = 2
channels = 2
"""
