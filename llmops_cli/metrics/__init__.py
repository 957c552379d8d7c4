"""Numbers that can be added: tallies of groups, quantile sketches, distinct users. Monday plus Tuesday is both."""
