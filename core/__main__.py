"""``python -m core``: see ``core.cli``."""

import sys

from core.cli.main import main

sys.exit(main())
