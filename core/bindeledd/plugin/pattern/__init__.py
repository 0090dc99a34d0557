"""What `bindeledd plugins new` makes a pack from: each file as it will stand, with `$name` in it."""
