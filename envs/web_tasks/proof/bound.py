"""Fewest actions on forms and buttons that any success still takes, by the checker alone.

The bound never asks where anybody is or how to get anywhere: going about the web is free here and
left to the search. It is 1, the stop, plus two sums over what the checker sees.

1. Things. A thing is an order, a review, a post with all that is below it, a letter, a
   subscription, or a row. A button changes one thing at most. So of each class (shop, forum, rows)
   there are at least as many buttons to press as there are things changed that should not be, and
   one if the goal has a part of that class for which no thing is right; the larger of the two, for
   one button may put a wrong thing right.
2. Fields. A part for which nothing is right yet needs a form sent with every field as the goal
   says. Each field that is otherwise takes an action, on a blank form (going to a page clears it)
   or on the one that an open tab shows, whichever lacks less. For a purchase there are two forms,
   and the first is sent into the cart, which is one button more.

No action lowers two of these numbers, nor one by more than one, and no link, search, sorting,
scrolling, history or tab lowers any. The search counts every action that does, and there must be
none.

What nobody can undo (an order of the past cancelled, a request merged) leaves no way at all if it
is not wanted.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.pages import BOARDS, forum_of
from midcourse.envs.web_tasks.forum.wishes import forum_changes, has_new_text
from midcourse.envs.web_tasks.goal.wishes import (
    CLASSES,
    MERGE,
    OF_FORUM,
    OF_SHOP,
    OF_TABLES,
    asks,
    class_of,
)
from midcourse.envs.web_tasks.proof.forms import sale_fields, talk_fields
from midcourse.envs.web_tasks.proof.rows import rows_fields
from midcourse.envs.web_tasks.shop.done import shop_changes
from midcourse.envs.web_tasks.shop.layout import (
    shop_of,
)
from midcourse.envs.web_tasks.shop.wishes import undo_fits
from midcourse.envs.web_tasks.tables.acts import begun
from midcourse.envs.web_tasks.tables.done import merged, table_changes
from midcourse.envs.web_tasks.tables.wishes import row_fits
from midcourse.envs.web_tasks.ways.finding import FAR


@rare
def left_of_things(world, shared, feasible):
    """Buttons that have to be pressed for things, and the classes of the parts that lack theirs.

    Returns (at least so many buttons, or FAR if there is no way; bit c: class c has a part for
    which nothing is right). `feasible` says whether the goal can be fulfilled at all.
    """
    goal = world.goal
    if beyond_undoing(world, shared, feasible):
        return FAR, 0
    sold, fine = shop_changes(world, shared)
    _, well = forum_changes(world)
    noted, good = table_changes(world, shared)
    wants = 0  # bit c: the goal has a part of class c
    if feasible and not asks(goal.act[0]):
        for part in range(goal.parts):
            wants |= 1 << class_of(goal.act[part])
    lacking = 0
    buttons = 0
    for its_class in range(CLASSES):
        right = fine if its_class == OF_SHOP else well if its_class == OF_FORUM else good
        wrong = noted
        if its_class != OF_TABLES:
            wrong = sold if its_class == OF_SHOP else said(world)
        if (wants >> its_class) & 1 != 0:
            if right > 0:
                wrong -= 1
            else:
                lacking |= 1 << its_class
                wrong = max(wrong, 1)
        buttons += wrong
    return buttons, lacking


@rare
def said(world):
    """Posts and boards with which anything was done, and letters that were sent."""
    forum = forum_of(world)
    count = 0
    for p in range(forum.posts):
        post = forum.post[p]
        touched = post.vote != 0 or (post.fresh != 0 and post.gone == 0) or has_new_text(post)
        for r in range(forum.remarks):
            touched = touched or (forum.remark[r].fresh != 0 and forum.remark[r].post == p)
        count += 1 if touched else 0
    for i in range(forum.letters):
        count += 1 if forum.letter[i].fresh != 0 else 0
    for board in range(BOARDS):
        count += (forum.subscribed >> board) & 1
    return count


@rare
def beyond_undoing(world, shared, feasible):
    """Whether something is done that no button undoes, and that is not the one thing wanted."""
    shop = shop_of(world)
    undone = 0
    for o in range(shop.orders):
        order = shop.order[o]
        if order.fresh == 0 and order.status != order.was and order.forgiven == 0:
            undone += 1
            if not feasible or not undo_fits(world, shared, order):
                return True
    goal = world.goal
    wants = feasible and (goal.act[0] == MERGE or (goal.parts > 1 and goal.act[1] == MERGE))
    joined = 0
    now = world.now[0]
    for r in range(now.rows):
        row = now.row[r]
        if row.fresh == 0 and row.forgiven == 0 and merged(row, begun(world, shared, r)):
            joined += 1
            if not wants or not row_fits(world, r, -1):
                return True
    return undone > 1 or joined > 1


@rare
def left_of_fields(world, shared, lacking):
    """Fields that have to be filled in, and carts, for the classes in `lacking`."""
    count = 0
    for its_class in range(CLASSES):
        if (lacking >> its_class) & 1 != 0:
            if its_class == OF_SHOP:
                count += sale_fields(world, shared)
            elif its_class == OF_FORUM:
                count += talk_fields(world, shared)
            else:
                count += rows_fields(world, shared)
    return count
