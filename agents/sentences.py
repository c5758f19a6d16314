"""How users of the small web begin a task, and how each kind is done: a table of sentences."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Way:
    """How a kind of task is done."""

    buttons: tuple[str, ...] = ()  # pressed on one page after another; the last one does it
    asked: str = ""  # of a question: the caption of its answer
    place: str = ""  # link of the navigation behind which it is; "": any of the groups there
    proof: str = ""  # caption that only pages of the right kind show
    best: str = ""  # of a question for the most or least: the caption that is compared
    sort: str = ""  # of a question for a list: its order, chosen where it is shown
    needs: str = ""  # caption of a field that anything must stand in


BUY, SAVE, CREATE = ("Add to cart", "Checkout", "Place order"), ("Save",), ("Create",)
PRICE, RATING, AUTHOR, PLACE, ANY = "Price", "Rating", "by", "place", ""
DIRECTIONS, SORT = "Directions to", "Sort by"
UP, DOWN = "price, low to high", "price, high to low"
# By site, how a task begins; the site may be named before. In braces: thing, the words on the page
# that is meant; place and asked, as in `Way`; to, where a way leads; else the caption of a field.
OPENINGS = {
    "shop": {
        "buy a {thing} in the shop": Way(BUY),
        "cancel my order of a {thing}": Way(("Cancel order",), place="Orders"),
        "send back my order of a {thing}": Way(("Return order",), place="Orders"),
        "review a {thing} in the shop": Way(("Post review",)),
        "what does the cheapest {thing} cost": Way(best=PRICE),
        "what does a {thing} cost": Way(asked=PRICE),
        "list the products in {place} of the shop from the cheapest on": Way(sort=UP),
        "list the products in {place} of the shop from the dearest on": Way(sort=DOWN),
        "list the products in {place} of the shop from the best rated on": Way(sort="rating"),
        "list the products in {place} of the shop": Way(sort="relevance"),
    },
    "forum": {
        "write a post in {Board}": Way(("Post",), place="New post"),
        "comment on the post about {thing}": Way(("Comment",)),
        "upvote the post about {thing}": Way(("Upvote",)),
        "downvote the post about {thing}": Way(("Downvote",)),
        "how many points has the post about {thing}": Way(asked="Points"),
        "change the text of my post about {thing}": Way(("Change text",), proof="Change text"),
        "subscribe to {place}": Way(("Subscribe",)),
        "send a message to {To} in the forum": Way(
            ("Send",), place="Messages", needs="Your message"
        ),
    },
    "office": {
        "change the sale to {thing}": Way(SAVE, place="Sales"),
        "change the review of the {thing}": Way(SAVE, place="Reviews"),
        "change the {thing}": Way(SAVE),
        "order supplies of '{Name}'": Way(CREATE, place="New supply"),
        "what number has the sale to {thing}": Way(asked="Number", place="Sales"),
        "what is the sum of the sale to {thing}": Way(asked="Sum", place="Sales"),
        "how many of the {thing} were sold": Way(asked="Sold"),
        "how many sales are {asked}": Way(place="Reports"),
        "how many reviews are {asked}": Way(place="Reports"),
        "which product in {place} was sold most": Way(best="Sold"),
    },
    "tracker": {
        "change the issue about {thing}": Way(SAVE, proof="Label"),
        "change the merge request about {thing}": Way(SAVE, proof="Reviewer"),
        "change the member {thing}": Way(SAVE, proof="Role"),
        "merge the request about {thing}": Way(("Merge",), proof="Reviewer"),
        "open an issue '{Name}' in {Project}": Way(CREATE, place="New issue"),
        "add {Name} as a member of {Project}": Way(CREATE, place="New member"),
        "who is assigned to the issue about {thing}": Way(asked="Assignee"),
        "who is the author of the request about {thing}": Way(asked="Author"),
        "how many issues of {place} are open": Way(asked="Open issues"),
        "how many merge requests of {place} are open": Way(asked="Open requests"),
        "which member of {place} has the most commits": Way(best="Commits"),
    },
    "map": {
        "change the {thing}": Way(SAVE),
        "when does the {thing} open": Way(asked="Opens"),
        "when does the {thing} close": Way(asked="Closes"),
        "how far is it from the {thing} to the {to}": Way(asked="Distance"),
        "how long does one walk from the {thing} to the {to}": Way(asked="Walking"),
        "how long does one cycle from the {thing} to the {to}": Way(asked="Cycling"),
        "how long does one drive from the {thing} to the {to}": Way(asked="Driving"),
        "among {place}, which is the nearest to the {to}": Way(best="Distance"),
    },
}
# What a task adds: the field which that goes into, or what the page that is meant shows.
CLAUSES = {
    "each may cost ${value} at most": "Highest price in cents",
    "each should be rated {value} stars or better": "Rating at least",
    "it may cost ${value} at most": PRICE,
    "it should be rated {value} stars or better": RATING,
    "it is the one by {value}": AUTHOR,
    "it is the one in {value}": PLACE,
    "it is in the project {value}": PLACE,
    "it stands in {value}": PLACE,
    "i need {value} of them": "Quantity",
    "it should go to the address '{value}'": "Ship to",
    "choose {value} shipping": "Shipping",
    "use the coupon {value}": "Coupon",
    "give it {value} stars": "Stars",
    "write '{value}'": "Your review",
    "say '{value}'": "Your comment",
    "the message should say '{value}'": "Your message",
    "keep it on the list '{value}'": "List",
    "it should be assigned to {value}": "Assignee",
    "its price should be ${value}": "Price in cents",
    "its {field} should be {value}": ANY,  # the one that is named
    "the {field} should be '{value}'": ANY,
    "the {field} should be {value}": ANY,
    "it should be {value}": ANY,  # whatever field offers it
}


@dataclass
class Part:
    """A part of a task."""

    site: str
    way: Way
    words: frozenset[str]  # all of which stand on the page that is meant
    noun: str  # the last of them
    place: str
    asked: str
    to: str
    shows: dict[str, str] = field(default_factory=dict)  # caption -> what the page shows there
    fields: dict[str, str] = field(default_factory=dict)  # caption -> what is filled in


def read(task: str) -> list[Part]:
    """The parts of a task; none of what begins as no opening does."""
    parts = []
    for said in task.lower().split(" also, "):
        opening, _, rest = said.replace("? ", ". ").partition(". ")
        named = re.match(r"(?:in|on) the (?:\w+ )?(\w+), ", opening)
        opening = opening[named.end() if named else 0 :].rstrip("?.")
        for site in [named[1]] if named else OPENINGS:
            found = first_of(OPENINGS.get(site, {}), opening)
            if found:
                parts.append(part_of(site, *found, rest.rstrip(".").split(", ")))
                break
    return parts


def part_of(site: str, way: Way, named: dict[str, str], clauses: Iterable[str]) -> Part:
    """A part of the task: what its opening names, and what its clauses add."""
    words, to = named.pop("thing", "").split(), named.pop("to", "")
    asked, place = named.pop("asked", way.asked), named.pop("place", way.place).lower()
    part = Part(site, way, frozenset(words), words[-1] if words else "", place, asked, to)
    part.fields = named | ({DIRECTIONS: to} if to else {}) | ({SORT: way.sort} if way.sort else {})
    for found in filter(None, (first_of(CLAUSES, clause) for clause in clauses)):
        value, caption = found[1]["value"], found[0] or found[1].get("field", ANY).capitalize()
        if caption == PLACE:
            part.place = value
        elif caption in (PRICE, RATING, AUTHOR):
            part.shows[caption] = value
        else:
            part.fields[caption] = value.replace(".", "") if "cents" in caption else value
    if way.needs and part.fields:
        part.fields.setdefault(way.needs, next(iter(part.fields.values())))
    return part


def first_of(table: Mapping[str, Any], said: str) -> tuple[Any, dict[str, str]] | None:
    """The entry of the first sentence that was said, and what stood in its braces."""
    for sentence, entry in table.items():
        form = re.escape(sentence).replace(r"\ a\ ", r"\ an?\ ")
        match = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", form), said)
        if match:
            return entry, match.groupdict()
    return None
