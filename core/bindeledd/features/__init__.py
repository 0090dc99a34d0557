"""One folder for each thing that a clinician has a word for; their order stands in `setup.cfg`."""
