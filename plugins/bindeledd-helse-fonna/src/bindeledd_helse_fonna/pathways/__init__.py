"""The layers of the joint reception and of the district centres."""
