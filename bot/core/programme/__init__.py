"""Programme: whether the follow-up works, as indicators counted from plain rows.

One indicator is one small function. Its docstring says what is counted (numerator), of what
(denominator), what is left out, the unit, and where the definition comes from. A reader meets
the same three lines beside each figure in the console. The storage only selects and counts;
what a figure means is decided here.
"""
