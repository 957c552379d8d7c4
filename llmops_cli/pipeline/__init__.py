"""`run`: landing to reports in a lake, resumable and idempotent. Inputs are taken in one by one (`intake`), what they
change is made anew (`publish`), and everything goes into place in one commit (`lake`)."""
