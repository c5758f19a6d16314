"""The pages around the web: the start, the end, the browser with the user's words beside it."""

from midcourse.core.page import Page
from midcourse.serve.content import Forms, main, navigation
from midcourse.serve.html import Html, document, join, tag
from midcourse.serve.sessions import Session

SHORT_URL = 200  # characters of what a visitor wrote that are shown again
HELP = (
    "Each button is one step: a field is set by the button beside it. A text must stand in the "
    "task or on the page. When all is as the user wants it, press Stop; if it cannot be done, "
    "say why beside that."
)
ANSWER_HELP = (
    "The user wants an answer: go to the page where it stands, and press the button beside it."
)


def start_page(csrf: str, seed: str, task: str, tasks: int) -> str:
    """Where a session begins."""
    known = f"0 to {tasks - 1}" if tasks else "any from 0"
    form = tag(
        "form",
        tag("input", type="hidden", name="csrf", value=csrf),
        tag("button", "Begin", type="submit", cls="primary"),
        tag(
            "details",
            tag("summary", "Choose a task"),
            _number("task", "Task", task, known),
            _number("seed", "Seed", seed, "any from 0"),
            open=bool(seed or task),
        ),
        method="post",
        action="/start",
    )
    return document(
        "midcourse: web tasks",
        tag(
            "main",
            tag("h1", "Web tasks"),
            tag(
                "p",
                "A user asks you for something, and you do it on a small web: a shop and its back "
                "office, a forum, a tracker, a map. While you are at it the user may add "
                "something, correct it, or take it back.",
            ),
            tag(
                "p",
                "What counts is the state of the web when you press stop, by what the user wants "
                "then, and how many steps you took.",
            ),
            form,
            cls="card",
        ),
    )


def _number(name: str, label: str, value: str, known: str) -> Html:
    box = tag(
        "input",
        id=name,
        name=name,
        value=value,
        placeholder=known,
        inputmode="numeric",
        autocomplete="off",
    )
    return tag("p", tag("label", label, for_=name), box, cls="field")


def message_page(title: str, sentence: str, link: str, words: str) -> str:
    """A plain page with one sentence and one link."""
    return document(
        title,
        tag(
            "main",
            tag("h1", title),
            tag("p", sentence),
            tag("p", tag("a", words, href=link)),
            cls="card",
        ),
    )


def end_page(session: Session, page: Page) -> str:
    """How the episode ended."""
    env = session.env
    success = bool(env.world["success"])
    if success:
        verdict = "Done, and as the user wanted it."
    elif env.world["truncated"]:
        verdict = "The steps ran out."
    else:
        verdict = "That is not what the user wanted."
    best = str(env.optimal_steps()) + (", had the user said nothing more" if page.messages else "")
    task = env.task()
    facts = {
        "Success": "yes" if success else "no",
        "Steps": str(page.clock),
        "Optimal steps": best,
        "Task": f"{task.index} of {task.split}, level {task.level}",
    }
    return document(
        "The end",
        tag(
            "main",
            tag("h1", verdict, cls="good" if success else "bad"),
            tag("dl", *(join(tag("dt", key), tag("dd", said)) for key, said in facts.items())),
            tag("h2", "What the user said"),
            *(tag("p", said, cls="said") for said in (page.task, *page.messages)),
            tag(
                "p",
                tag("a", "A new task", href="/", cls="primary"),
                tag("a", "This task again", href=f"/?task={task.index}"),
                cls="again",
            ),
            cls="card",
        ),
    )


def browser_page(session: Session, page: Page) -> str:
    """The browser as it stands, and the user's words."""
    forms = Forms(f"/s/{session.token}", session.csrf, page.clock)
    notice = session.notice or page.reply
    window = tag(
        "div",
        _tabs(forms, page),
        _bar(forms, page),
        tag("p", f"{notice[:1].upper()}{notice[1:]}.", cls="notice", role="alert")
        if notice
        else None,
        navigation(forms, page),
        main(forms, page),
        cls="browser",
    )
    return document(f"{page.tab.title} - midcourse", tag("div", window, _chat(page), cls="window"))


def _tabs(forms: Forms, page: Page) -> Html:
    shown = []
    for tab in page.tabs:
        title = f"{tab.number}. {tab.title}"
        if tab.is_at_hand:
            shown.append(tag("span", title, cls="here", id=f"tab{tab.number}", aria_current="page"))
        else:
            button = tag("button", title, type="submit", id=f"tab{tab.number}")
            shown.append(forms.form("switch_tab", button, tab=tab.number))
    return tag("nav", *shown, cls="tabs", aria_label="Tabs")


def _bar(forms: Forms, page: Page) -> Html:
    sites = tag(
        "select",
        *(tag("option", site, value=site) for site in page.sites),
        name="site",
        id="site",
        aria_label="Site",
    )
    return tag(
        "header",
        _button(forms, "back", "←", "Back", not page.can_go_back),
        _button(forms, "forward", "→", "Forward", not page.can_go_forward),
        tag("span", page.tab.url, cls="url", id="url"),
        forms.form("goto", sites, tag("button", "Go", type="submit", id="goto")),
        _button(forms, "new_tab", "New tab", None, not page.can_open_tab),
        _button(forms, "close_tab", "Close tab", None, len(page.tabs) == 1),
        _reasons(forms, page) if page.reasons else None,
        tag("div", _button(forms, "stop", "Stop", None, False), cls="stop"),
        cls="bar",
    )


def _reasons(forms: Forms, page: Page) -> Html:
    """The form that says why nothing can be done."""
    reasons = tag(
        "select",
        *(tag("option", reason, value=reason) for reason in page.reasons),
        name="reason",
        id="why",
        aria_label="Reason",
    )
    return forms.form(
        "reason", reasons, tag("button", "Cannot be done", type="submit", id="reason")
    )


def _button(forms: Forms, do: str, words: str, label: str | None, disabled: bool) -> Html:
    """A button of the browser's own."""
    return forms.form(
        do,
        tag("button", words, type="submit", id=do, aria_label=label, disabled=disabled),
    )


def _chat(page: Page) -> Html:
    bubbles = [tag("li", tag("small", "User"), page.task)]
    for said in page.messages:
        when, _, words = said.partition(": ")
        bubbles.append(tag("li", tag("small", when), words, cls="news"))
    left = page.limit - page.clock
    return tag(
        "aside",
        tag("h2", "The user"),
        tag("ol", *bubbles),
        tag("meter", value=left, max=page.limit, aria_label="Steps left"),
        tag("p", f"Steps left: {left} of {page.limit}"),
        tag("p", ANSWER_HELP) if page.wants_answer else None,
        tag("p", HELP),
        cls="chat",
        aria_label="Chat",
    )
