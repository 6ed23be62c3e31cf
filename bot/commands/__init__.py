"""Commands: the command line's door, one file per subject."""
