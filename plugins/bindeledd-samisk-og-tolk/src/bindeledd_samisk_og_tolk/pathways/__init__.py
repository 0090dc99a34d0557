"""What this pack adds to the national routine."""
