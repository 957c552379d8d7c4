"""Personal data and secrets: finding them in text, taking them out of records.

`catalogue` says what is looked for, `scanner` finds it, `redaction` replaces it, `records` does both to a line of
JSON. Nothing here prints, reads a file or the environment, looks at the clock or draws a random number.
"""
