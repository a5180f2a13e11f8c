"""How much one request may hold and how long it may take, and how much is taken in at once."""

from core.serving.reranker import MAX_CANDIDATE_CHARACTERS

MAX_BODY_BYTES = 4_000_000
MAX_DOCUMENTS = 1_000
MAX_DOCUMENT_CHARACTERS = MAX_CANDIDATE_CHARACTERS
MAX_CHARACTERS = 2_000_000
"""Of the query and of what is looked at of all documents together."""
MAX_QUERY_CHARACTERS = 50_000
MAX_DEPTH = 16
"""Of nested lists and objects in the JSON."""

ANSWERS_A_MINUTE = 30_000
"""That one application may send, whatever its keys: raters rate on the same database meanwhile."""
ANSWERS_AT_ONCE = 10_000
"""Of these."""
MAX_FEEDBACK_WAITING = 64
"""Feedback calls that are read or wait for a commit at once."""
MAX_FEEDBACK_BYTES = 1_000_000
FEEDBACK_A_MINUTE = 12_000
"""Of one application, whatever its keys."""
FEEDBACK_AT_ONCE = 2_000
"""Of these."""

REQUESTS_A_MINUTE = 6_000
"""Of one key, or of one address; on average."""
REQUESTS_AT_ONCE = 2_000
"""Of these."""

MAX_AT_ONCE = 32
"""Requests whose body was read and that wait or are scored."""
LONG_SECONDS = 45.0
"""Work of long lists (more than one turn) that may wait at once. They get three quarters of the time where short ones
wait too, so the last of them ends within ``PROMISED_SECONDS``."""
SHORT_SECONDS = 15.0
"""Work of short lists (one turn) that may wait at once, with the last quarter of the time."""
PROMISED_SECONDS = 60.0
"""Within which what was taken in is expected to be ranked; what could not be is answered 429 at once."""
SCORING_SECONDS = 120.0
"""After which a ranking that was expected to be faster is stopped all the same; one that was begun although it is
longer than all that may wait has twice what was expected, where that is more.
"""

MAX_BODIES = 64
"""Bodies that are being read at once, apart from what waits for the model."""
MAX_BODIES_BYTES = 100_000_000
"""What they may become together."""
MAX_SENT_BYTES = 16_000_000
"""Of a body with answers that a program sends."""
MAX_SENT_BODIES = 32
"""Of those that are read or stored at once."""
MAX_SENT_BYTES_AT_ONCE = 64_000_000
"""What they may become together."""
MAX_JSON_VALUES = 500_000
"""In the JSON of one body: each takes many times its bytes of memory."""
PARSED_AT_ONCE = 1_000_000
"""Bytes of JSON that are read between other requests; more is read in a thread beside them."""
BODY_SECONDS = 10.0
"""For a body to arrive, and one second more for every ``BODY_RATE`` bytes of it that did."""
BODY_RATE = 100_000

DISCARDED_BYTES = 64_000_000
"""Of a body that is too large this much is read and thrown away: cut off while it still sends, a client would see a
broken connection instead of the sentence."""

MAX_CONNECTIONS = 512
"""Of one process of `python -m core serve`; fewer than the 1,024 files that a process may usually have open."""
MAX_CONNECTIONS_PER_ADDRESS = 256
HEADER_SECONDS = 10.0
"""For a request to be there, from the connection or from its first byte on a connection that is used again."""
IDLE_SECONDS = 5
"""Between two requests on one connection."""
TAKING_SECONDS = 30.0
"""For a client to take an answer that the connection has no more room for."""
