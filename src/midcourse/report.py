"""The report: one HTML page that carries everything in itself and asks nothing of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from midcourse.core.errors import UserError
from midcourse.evaluation.journal import told_plainly, write_whole
from midcourse.evaluation.summary import COLUMNS, Row
from midcourse.reporting.recording import Recording
from midcourse.reporting.svg import Bar, Curve, colours, plot_bars, plot_curves

TEMPLATES = Path(__file__).with_name("templates")
FLOOR_AND_CEILING = ("do-nothing", "random", "cannot-be-done", "oracle")


@dataclass(frozen=True)
class Section:
    """One setting's rows in the table.

    Sections of one `group` share a plot, in which `short` names the section's bars.
    """

    name: str
    rows: Sequence[Row]
    group: str = ""
    short: str = ""


@dataclass(frozen=True)
class Report:
    """What a report shows of one world; `further` ones follow on the same page."""

    title: str
    sections: Sequence[Section]
    summary: str = ""  # a sentence or two under the title
    curves: Mapping[str, Sequence[Curve]] = field(default_factory=dict)  # heading -> lines
    curve_heading: str = "Training"
    curve_axis: str = "steps"
    curve_note: str = ""  # what the lines show
    recordings: Sequence[Recording] = ()
    facts: Mapping[str, str] = field(default_factory=dict)  # how it was made
    labels: Mapping[str, str] = field(default_factory=dict)  # agent -> what the page calls it
    without: Sequence[str] = ()  # columns that would tell nothing here
    further: Sequence["Report"] = ()  # of other worlds


def write_report(report: Report, path: Path | str) -> Path:
    """Write the page; returns its path.

    Raises:
        UserError: the extra `report` is not installed, or the file cannot be written.
    """
    path = Path(path)
    page = render(report)
    with told_plainly(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    return path


def render(report: Report) -> str:
    """The page as text. All that comes from outside is escaped."""
    try:
        import jinja2
    except ImportError:
        raise UserError(
            "the report needs jinja2: install the extra with pip install 'midcourse[report]'"
        ) from None
    loader = jinja2.FileSystemLoader(TEMPLATES)
    templates = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    parts = [_contents(one) for one in (report, *report.further)]
    return templates.get_template("report.html").render(parts=parts)


def _contents(report: Report) -> dict[str, Any]:
    agents = [_label(report, row.agent) for section in report.sections for row in section.rows]
    drawn = [curve.name for curves in report.curves.values() for curve in curves]
    names = list(dict.fromkeys([*agents, *drawn]))
    colour_of = colours(names)
    return {
        "report": report,
        "columns": _columns_in_use(report),
        "sections": [(section, _cells(report, section)) for section in report.sections],
        "legend": [(name, colour_of[name]) for name in dict.fromkeys(agents)],
        "curve_legend": [(name, colour_of[name]) for name in names if name in drawn],
        "bars": {group: plot_bars(bars, colour_of) for group, bars in _bar_groups(report).items()},
        "curves": {
            heading: plot_curves(lines, report.curve_axis, colour_of)
            for heading, lines in report.curves.items()
        },
    }


def _label(report: Report, agent: str) -> str:
    return report.labels.get(agent, agent)


def _columns_in_use(report: Report) -> dict[str, str]:
    rows = [row for section in report.sections for row in section.rows]
    return {
        column: heading
        for column, heading in COLUMNS.items()
        if column not in report.without and any(row.estimates[column].is_defined for row in rows)
    }


def _cells(report: Report, section: Section) -> list[dict[str, Any]]:
    return [
        {
            "agent": _label(report, row.agent),
            "bound": row.agent in FLOOR_AND_CEILING,
            "episodes": row.episodes,
            "estimates": row.estimates,
        }
        for row in section.rows
    ]


def _bar_groups(report: Report) -> dict[str, list[tuple[str, list[Bar]]]]:
    groups: dict[str, list[tuple[str, list[Bar]]]] = {}
    for section in report.sections:
        bars = [
            Bar(_label(report, row.agent), e.mean, e.low, e.high)
            for row in section.rows
            for e in [row.estimates["success"]]
            if e.is_defined
        ]
        if not bars:  # a world without a goal
            continue
        groups.setdefault(section.group or "Success", []).append(
            (section.short or section.name, bars)
        )
    return groups
