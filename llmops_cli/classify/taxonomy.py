"""The ten tasks that conversations are sorted into, and what each of them means."""

from typing import NamedTuple


class Category(NamedTuple):
    """A label: its exact name, what belongs to it, and what belongs to a neighbour instead."""

    name: str
    about: str
    apart: str = ""


CATEGORIES = (
    Category("Summarization",
             "condense a given text, thread, meeting, transcript or document: key points, minutes, TL;DR",
             "a question about the text is Research/Synthesis"),
    Category("Drafting/Rewriting",
             "write or rework a text: e-mail, report, essay, article, post, story, poem, speech; shorten, expand, paraphrase",
             "text for a customer is Customer Comms; a change of tone or language is Translation/Tone"),
    Category("Research/Synthesis",
             "find out, explain, compare, verify, define; a question of fact or concept; reading comprehension",
             "advice on what to do is Ideation/Planning"),
    Category("Ideation/Planning",
             "ideas, names, advice, recommendations, how-to for life and work, plans, schedules, strategies"),
    Category("Data/Analysis (general)",
             "numbers, maths, tables, statistics, formulas as analysis; extract, classify, sort, convert",
             "writing code is Technical Help"),
    Category("Translation/Tone",
             "translate; make it more formal, polite, friendly, confident; proofread for register; simplify for an audience"),
    Category("Internal Q&A (policy/process)",
             "a question about one's own company: leave, pay, benefits, expenses, policies, who approves, which form"),
    Category("Customer Comms (support/sales)",
             "text for or from customers and prospects: complaints, refunds, orders, accounts, pitches, help-centre articles"),
    Category("Technical Help",
             "code, queries, scripts, errors, debugging, commands, configuration, cloud, devices, software how-to"),
    Category("Other/Unknown",
             "greetings, small talk, jokes, role play, tests of the bot, voice-assistant commands, empty or unreadable"),
)
LABELS = tuple(category.name for category in CATEGORIES)
UNKNOWN = "Other/Unknown"
