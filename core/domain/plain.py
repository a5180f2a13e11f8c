"""What says of a field that its text leaves the services as it is."""

from typing import Annotated

AS_IS = "leaves as it is"
"""In ``Annotated``: what stands in this field is no text from outside, so it is not searched for personal identifiers.
"""

Name = Annotated[str, AS_IS]
"""What a person or a rater is called here: they are shown to each other by name."""
