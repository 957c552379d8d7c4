"""Is it healthy, and what does it cost: every reply checked, windows of them judged, spending held against budgets."""
