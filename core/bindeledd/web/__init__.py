"""Base templates, static files and the page shell. No rules."""
