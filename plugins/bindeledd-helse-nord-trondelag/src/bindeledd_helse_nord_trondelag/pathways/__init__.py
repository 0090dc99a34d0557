"""The layers of the trust, of child psychiatry, the children's and the addiction ward, and of Namsos."""
