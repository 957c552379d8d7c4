"""What a prompt is about: the ten tasks, the local model, how it is trained and measured."""
