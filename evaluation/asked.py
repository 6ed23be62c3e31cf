"""Asked: what is asked of a message, and the labels for which the answer is yes.

Of the points tables and of the sentence model alike. Nothing else is in here, because each
learns in an environment of its own.
"""

YES = {
    "emergency": ("emergency",),
    "today": ("emergency", "same_day"),
    "nurse": ("emergency", "same_day", "nurse"),
}
