"""One file a command: its help, its options, and a `run` that reads like the help."""
