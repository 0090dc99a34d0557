"""The layer of the trust's somatic units."""
