"""The HTTP API beside the dashboard, or alone (`python -m core serve`): reads a request, calls services, answers."""
