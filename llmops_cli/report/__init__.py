"""What the numbers say, for people: evidence from tallies, a summary of plain values, and the forms it is shown in."""
