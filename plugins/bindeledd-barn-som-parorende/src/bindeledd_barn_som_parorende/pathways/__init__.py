"""The national layer for children and siblings of whoever is followed up."""
