"""The command line."""

import sys

from midcourse.baselines import delayed_repression
from midcourse.baselines.delayed_repression.campaign import Args, run
from midcourse.core.errors import UserError


def main() -> None:
    """Run what is missing and write the page."""
    import tyro

    args = tyro.cli(
        Args,
        prog="python -m midcourse.baselines.delayed_repression",
        description=delayed_repression.__doc__,
    )
    try:
        print(run(args))
    except UserError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
