"""Who it is about: identity, numbers and contact ways, all sealed."""
