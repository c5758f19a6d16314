"""`python -m midcourse`, the same as the `midcourse` command."""

import sys

from midcourse.cli import main

sys.exit(main())
