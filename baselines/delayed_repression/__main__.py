"""The command line."""

from midcourse.baselines import delayed_repression
from midcourse.baselines.command import run_command
from midcourse.baselines.delayed_repression.campaign import Args, run

if __name__ == "__main__":
    print(run_command(Args, run, delayed_repression.__doc__))
