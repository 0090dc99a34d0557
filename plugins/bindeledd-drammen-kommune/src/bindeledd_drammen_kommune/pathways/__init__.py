"""The municipality's layer."""
