"""Connections of `python -m core serve`: closed where no request comes or no answer is taken, and bounded in number.

uvicorn itself waits for ever for a first request, or for the rest of a header.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from core.http.limits import HEADER_SECONDS, MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS, TAKING_SECONDS


class Connection(H11Protocol):
    """One connection; what its timers end is cut off, since nobody there follows the protocol."""

    silent_since: float | None = None
    """Since when a request is awaited, in seconds of the loop's clock; None while one is there."""
    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, and make room where there are too many connections."""
        super().connection_made(transport)
        self._await_request()
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._request_is_there()
        self._stop_taking()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Go on waiting until the header is whole: single bytes of one gain no time."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:  # type: ignore[redundant-expr]
            self._request_is_there()
        elif self._asking is None and not self.transport.is_closing():
            self._await_request()

    def on_response_complete(self) -> None:
        """Between two requests uvicorn's own timer runs, and the connection may make room for another."""
        self.silent_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client does not take its answer off the connection."""
        super().pause_writing()
        self._taking = self._taking or self.loop.call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._stop_taking()

    def _await_request(self) -> None:
        self.silent_since = self.loop.time()
        self._asking = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _request_is_there(self) -> None:
        self.silent_since = None
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _make_room(self) -> None:
        """Cut off the one that has been silent longest where there are too many, or this one where none is silent."""
        everybody = [one for one in self.connections if isinstance(one, Connection)]
        here = [one for one in everybody if self.client and one.client and one.client[0] == self.client[0]]
        crowd = here if len(here) > MAX_CONNECTIONS_PER_ADDRESS else everybody
        if crowd is here or len(everybody) > MAX_CONNECTIONS:
            silent = [
                (one.silent_since, id(one), one) for one in crowd if one is not self and one.silent_since is not None
            ]
            (min(silent)[2] if silent else self).transport.abort()
