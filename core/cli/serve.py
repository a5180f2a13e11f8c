"""``serve``: the HTTP API alone, without the dashboard."""

import argparse

from core.cli.output import Done, say
from core.domain.errors import BadInput


def serve(options: argparse.Namespace) -> Done:
    """Answer until it is stopped."""
    from core.http import standalone

    if not 1 <= options.port <= 65535:
        raise BadInput("--port must be from 1 to 65535.")
    if not 1 <= options.workers <= 64:
        raise BadInput("--workers must be from 1 to 64.")
    standalone.check(options.host, options.port)
    where = f"[{options.host}]" if ":" in options.host else options.host
    say(f"The API answers on http://{where}:{options.port} (Ctrl+C stops it)")
    standalone.serve(options.host, options.port, options.workers)
    return {"host": options.host, "port": options.port, "workers": options.workers}, 0
