"""One file for each revision, never changed after a release."""
