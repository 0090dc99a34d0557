"""What an addiction unit owes, what substance use opens anywhere, and a unit of two owners."""
