"""Time i hånda: booked, given to the patient, kept or missed."""
