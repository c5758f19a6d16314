"""What the user says: a goal as a sentence, and a message as another."""

from typing import Any

from midcourse.envs.web_tasks import wishes
from midcourse.envs.web_tasks.state import ADDITION, RETRACTION
from midcourse.envs.web_tasks.wishes import (
    ADDRESS,
    AUTHOR,
    BOARD,
    BODY,
    BRAND,
    BUY,
    CANCEL,
    CHEAPEST,
    COLOUR,
    COMMENT,
    COUPON,
    DOWNVOTE,
    FORUM_ACTS,
    MATERIAL,
    MOST,
    NOUN,
    PLACE,
    PRICE,
    QUANTITY,
    RATING,
    REPLY,
    RETURN,
    REVIEW,
    SCORE,
    SHIPPING,
    SIZE,
    STARS,
    SUBSCRIBE,
    TITLE,
    TOPIC,
    UPVOTE,
    WORDS,
    WRITE,
)  # fmt: skip
from midcourse.envs.web_tasks.words import BOARD_NAMES, spell

CLAUSES = {
    NOUN: "I mean a {}", MATERIAL: "it should be {}", BRAND: "the brand should be {}",
    MOST: "it may cost {} at most", RATING: "it should be rated {} stars or better",
    COLOUR: "the colour should be {}", SIZE: "the size should be {}",
    QUANTITY: "I need {} of them", ADDRESS: "it should go to the address '{}'",
    SHIPPING: "choose {} shipping", COUPON: "use the coupon {}", STARS: "give it {} stars",
    WORDS: "write '{}'", TOPIC: "I mean the post about {}", AUTHOR: "it is the one by {}",
    PLACE: "it is the one in {}", BOARD: "the board should be {}",
    TITLE: "the title should be '{}'", BODY: "the text should be '{}'", COMMENT: "say '{}'",
}  # fmt: skip
OPENINGS = {
    BUY: "Buy {}", CANCEL: "Cancel my order of {}", RETURN: "Send back my order of {}",
    REVIEW: "Review {}", PRICE: "What does {} cost?", CHEAPEST: "What does the cheapest {} cost?",
    WRITE: "Write a post in {}", REPLY: "Comment on the post about {}",
    UPVOTE: "Upvote the post about {}", DOWNVOTE: "Downvote the post about {}",
    SCORE: "How many points has the post about {}?", SUBSCRIBE: "Subscribe to {}",
}  # fmt: skip


HEADS = (BRAND, MATERIAL, NOUN, TOPIC, BOARD)  # attributes that the opening names


def task(goal: Any, notes: Any) -> str:
    """The task as it was given at the start, before any of the messages."""
    live = [goal["constraint"][c].copy() for c in range(int(goal["count"]))]
    for note in notes[::-1]:
        live[int(note["place"])] = note["old"]
    values = {int(c["what"]): said(c) for c in live if c["live"]}
    act = int(goal["act"])
    thing = " ".join(values.pop(what) for what in HEADS if what in values)
    if act < FORUM_ACTS and act != CHEAPEST:
        thing = f"{'an' if thing[0].lower() in 'aeiou' else 'a'} {thing}"
    opening = OPENINGS[act].format(thing)
    rest = ", ".join(CLAUSES[what].format(value) for what, value in sorted(values.items()))
    end = "" if opening.endswith("?") else "."
    return f"{opening}{end} {rest[:1].upper()}{rest[1:]}." if rest else f"{opening}{end}"


def said(constraint: Any) -> str:
    """A requirement's value in words."""
    what, value = int(constraint["what"]), int(constraint["value"])
    if what == MOST:
        return f"${value // 100}.{value % 100:02d}"
    if what == RATING:
        return f"{value // 10}.{value % 10}"
    if what == PLACE:
        return BOARD_NAMES[value]
    return spell(constraint["words"].tolist())


def messages(notes: Any) -> list[str]:
    """What the user said since the start, one line for each message."""
    return [message(note) for note in notes]


def message(note: Any) -> str:
    """One message."""
    new, old = note["new"], note["old"]
    clause = CLAUSES[int(new["what"])]
    head = f"Message after step {int(note['step'])}: "
    if note["kind"] == ADDITION:
        return f"{head}One more thing: {clause.format(said(new))}."
    if note["kind"] == RETRACTION:
        return f"{head}Forget that {clause.format(said(old))}."
    wrong = f"a {said(old)}" if new["what"] == NOUN else said(old)
    return f"{head}I was wrong: {clause.format(said(new))}, not {wrong}."


if set(CLAUSES) != set(range(len(wishes.ATTRIBUTES))) or set(OPENINGS) != set(
    range(len(wishes.ACTS))
):
    raise ImportError("an attribute or an act has no words")
