"""What is owed by a unit of the prison health service."""
