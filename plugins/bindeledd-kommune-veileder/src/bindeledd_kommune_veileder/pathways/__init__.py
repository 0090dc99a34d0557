"""What a municipality owes: where a course begins there, and wherever it takes one over."""
