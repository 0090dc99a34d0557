"""What every feature stands on. Nothing here knows a patient, a case or a plugin."""
