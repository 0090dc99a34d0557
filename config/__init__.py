"""What a site may change without Python: defaults, pathways, ladders and commented examples."""
