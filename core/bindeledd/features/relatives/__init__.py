"""People around the patient, with scoped and withdrawable consent."""
