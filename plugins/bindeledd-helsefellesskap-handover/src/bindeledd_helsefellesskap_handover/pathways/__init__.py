"""What a trust and a municipality have agreed: out of hospital, and into it."""
