"""What a plugin's own tests use: a patient, a clock, a discharge in three lines."""
