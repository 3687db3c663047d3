"""Groups that last: what the journal says of them, and what may be said next.

The state of the groups is what the live entries of the journal give, one after another; nothing
else is kept. To correct a group has to be instant, so only `match` and `regroup`, which runs
call, import numpy.
"""
