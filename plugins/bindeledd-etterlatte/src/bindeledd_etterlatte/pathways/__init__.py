"""Everywhere, Helse Sør-Øst, Porsgrunn."""
