"""What relatives are owed: somebody to talk to, and an agreement."""
