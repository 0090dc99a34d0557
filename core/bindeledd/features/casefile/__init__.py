"""The case on one screen."""
