"""The layers of the trust, of child and adolescent psychiatry, and of Namsos."""
