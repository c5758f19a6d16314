"""Whether what the user wants is done, and nothing else."""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.wishes import (
    forum_changes,
    right_points,
)
from midcourse.envs.web_tasks.goal.targets import reason
from midcourse.envs.web_tasks.goal.wishes import (
    NO_REASON,
    OF_FORUM,
    OF_SHOP,
    OF_TABLES,
    SCORE,
    TABLE_ACTS,
    asks,
    asks_for_list,
    class_of,
)  # fmt: skip
from midcourse.envs.web_tasks.shop.done import right_list, right_price, shop_changes
from midcourse.envs.web_tasks.state import (
    LIST,
    POINTS,
    PRICE_OF,
    REASON,
)
from midcourse.envs.web_tasks.tables.done import table_changes
from midcourse.envs.web_tasks.tables.questions import right_entry


@rare
def achieved(world, shared):
    """Whether the web, and the answer, are as the user wants them, and nothing else is changed."""
    sold, fine = shop_changes(world, shared)
    said, well = forum_changes(world)
    noted, good = table_changes(world, shared)
    changes = sold + said + noted
    why = reason(world, shared)
    if why != NO_REASON:
        return changes == 0 and world.answer_unit == REASON and world.answer == why
    if asks_for_list(world.goal.act[0]):
        return changes == 0 and world.answer_unit == LIST and right_list(world, shared)
    if asks(world.goal.act[0]):
        return changes == 0 and right_answer(
            world, shared, world.answer_caption, world.answer_unit, world.answer
        )
    if world.answer_unit == REASON or changes != world.goal.parts:
        return False
    return (
        part_done(world, OF_SHOP, sold, fine)
        and part_done(world, OF_FORUM, said, well)
        and part_done(world, OF_TABLES, noted, good)
    )


def part_done(world, its_class, done, right):
    """Whether what is changed of a class is what the goal wants there, once if it does."""
    wanted = 0
    for part in range(world.goal.parts):
        if class_of(world.goal.act[part]) == its_class:
            wanted = 1
    return done == wanted and right == wanted


@rare
def damage(world, shared):
    """What stands changed beyond what is wanted, on all sites."""
    sold, fine = shop_changes(world, shared)
    said, well = forum_changes(world)
    noted, good = table_changes(world, shared)
    return sold + said + noted - min(1, fine) - min(1, well) - min(1, good)


@rare
def right_answer(world, shared, caption, unit, value):
    """Whether a value of a caption answers the question."""
    act = world.goal.act[0]
    if act >= TABLE_ACTS:
        return right_entry(world, shared, caption, unit, value)
    if act == SCORE:
        return unit == POINTS and right_points(world, value)
    if asks_for_list(act):
        return False
    return unit == PRICE_OF and right_price(world, shared, value)
