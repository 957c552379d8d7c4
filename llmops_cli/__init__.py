"""llmops: who uses AI here, for what, what leaked, what it costs, and is the new release safe to keep."""
