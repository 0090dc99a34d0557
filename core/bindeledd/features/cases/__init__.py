"""One course of follow-up: events, what is owed, and the law that nobody is lost unseen."""
