"""What people think: a store of verdicts that many may write at once, what is brought into it, and what it adds up to.

A verdict is one JSON object a line: `feedback_id, event_time, type`, then what is known of `rating, text, user_id,
message_id, conversation_id, release, team, model, task_category, source`.
"""
