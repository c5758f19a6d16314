"""What the battery found, and how it is printed."""

from dataclasses import dataclass
from typing import Any

WORDS = {True: "[green]holds[/]", False: "[bold red]broken[/]", None: "[dim]does not apply[/]"}


@dataclass(frozen=True)
class Outcome:
    """One law, tried."""

    number: int
    name: str
    passed: bool | None  # None: the law does not apply to this world
    tried: dict[str, int]  # what -> how often
    seconds: float
    seen: str = ""  # the first counterexample, or why the law does not apply
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
        """Whether every law held that applies."""
        return all(outcome.passed is not False for outcome in self.outcomes)

    @property
    def sentence(self) -> str:
        """The outcome, for a person."""
        broken = [str(one.number) for one in self.outcomes if one.passed is False]
        idle = [str(one.number) for one in self.outcomes if one.passed is None]
        tried = len(self.outcomes) - len(idle)
        beside = f"; law {', '.join(idle)} does not apply" if idle else ""
        if broken:
            return f"{self.id}: broken is law {', '.join(broken)} of {tried} tried{beside}"
        return f"{self.id}: all {tried} laws tried hold{beside}"

    def __str__(self) -> str:
        return self.sentence

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
            seconds = f"{outcome.seconds:.1f}"
            word, tried = WORDS[outcome.passed], outcome.tried_in_words
            if outcome.passed is None:
                tried = outcome.seen
            table.add_row(str(outcome.number), outcome.name, word, tried, seconds)
        console.print(table)
        for outcome in self.outcomes:
            if outcome.passed is False:
                console.print(f"[bold red]law {outcome.number}[/]: {escape(outcome.seen)}")
                if outcome.recipe:
                    console.print(f"   again: {escape(outcome.recipe)}", soft_wrap=True)
        console.print(self.sentence, soft_wrap=True)
