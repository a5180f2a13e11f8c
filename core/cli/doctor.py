"""`doctor`: check everything that is needed."""

import argparse

from core.cli.output import Done, say
from core.services.operations import doctor as doctor_service


def doctor(options: argparse.Namespace) -> Done:
    """Check everything that is needed."""
    report = doctor_service.examine()
    for check in report["checks"]:
        say(f"{'ok  ' if check['ok'] else 'FAIL'}  {check['name']}: {check['detail']}")
    return report, 0 if report["ok"] else 1
