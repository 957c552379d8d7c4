"""Is the new release safe to keep: evidence that may be looked at as often as one likes, and the verdict from it.

metrics (what is measured) -> reading (an event as a row of whole numbers) -> order (rows in order of time) -> ledger
(sums by time and by unit) -> effects (differences and how sure they are) -> evidence (e-values) -> verdict.
"""
