"""The plan that a person makes together with those who follow them up: sections, and versions.

Read `domain/__init__.py` first: what may be saved, what is not yet written, what changed. What a
plan asks is data (`config/pathways/plan.toml` and layers), its words are sealed.
"""
