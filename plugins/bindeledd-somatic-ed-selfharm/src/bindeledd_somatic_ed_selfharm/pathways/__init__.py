"""The layer for somatic emergency departments and wards: a frame around a guide that was not seen."""
