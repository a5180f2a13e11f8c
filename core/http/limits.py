"""How much one request may hold and how long it may take, and how many are taken in at once."""

MAX_BODY_BYTES = 4_000_000
MAX_DOCUMENTS = 1_000
MAX_DOCUMENT_CHARACTERS = 200_000
"""Of a document at most the first 1,200 words are read, so a longer one is a mistake rather than an answer."""
MAX_CHARACTERS = 2_000_000
"""Of the query and all documents together."""
MAX_QUERY_CHARACTERS = 50_000
MAX_DEPTH = 16
"""Of nested lists and objects in the JSON."""

MAX_AT_ONCE = 32
"""Requests being read, waiting or scored; one more is answered 429. Their bodies are what bounds the memory."""
BODY_SECONDS = 20.0
SCORING_SECONDS = 60.0
"""Waiting for a turn included."""

DISCARDED_BYTES = 64_000_000
"""Of a body that is too large this much is read and thrown away: cut off while it still sends, a client would see a
broken connection instead of the sentence."""
