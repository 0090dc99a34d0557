"""The guideline in mental health care and addiction services, and for children and the young."""
