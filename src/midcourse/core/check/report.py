"""What the battery found, and how it is printed."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """One law, tried."""

    number: int
    name: str
    passed: bool
    tried: dict[str, int]  # what -> how often
    seconds: float
    seen: str = ""  # the first counterexample
    recipe: str = ""  # how to see it again

    @property
    def tried_in_words(self) -> str:
        """What was tried and how often, in one line."""
        return ", ".join(f"{times:,} {what}" for what, times in self.tried.items()) or "nothing"


@dataclass(frozen=True)
class Report:
    """All laws that were tried on one environment."""

    id: str
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Whether every law held."""
        return all(outcome.passed for outcome in self.outcomes)

    @property
    def sentence(self) -> str:
        """The outcome, for a person."""
        broken = [str(outcome.number) for outcome in self.outcomes if not outcome.passed]
        if broken:
            return f"{self.id}: broken is law {', '.join(broken)} of {len(self.outcomes)} tried"
        return f"{self.id}: all {len(self.outcomes)} laws tried hold"

    def print(self, console: Any = None) -> None:
        """One line for each law, then the counterexamples.

        Args:
            console: a `rich.console.Console`; None makes one for the terminal.
        """
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        console = console or Console()
        table = Table(title=self.id, title_justify="left", expand=False)
        for heading in ("", "law", "", "tried", "s"):
            table.add_column(heading, justify="right" if heading in ("s",) else "left")
        for outcome in self.outcomes:
            word = "[green]holds[/]" if outcome.passed else "[bold red]broken[/]"
            seconds = f"{outcome.seconds:.1f}"
            table.add_row(str(outcome.number), outcome.name, word, outcome.tried_in_words, seconds)
        console.print(table)
        for outcome in self.outcomes:
            if not outcome.passed:
                console.print(f"[bold red]law {outcome.number}[/]: {escape(outcome.seen)}")
                if outcome.recipe:
                    console.print(f"   again: {escape(outcome.recipe)}", soft_wrap=True)
        console.print(self.sentence, soft_wrap=True)
