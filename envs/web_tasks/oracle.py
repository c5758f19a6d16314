"""The cheapest way to what the user wants, and its first action.

A goal asks for one main job or two (an order, a post, a row), or for an answer, and for undoing
whatever was done beyond it. A job begins from anywhere on its site at a fixed cost, or cheaper from
a page that is open already. So a way begins with a walk through the history of a tab, on whose
pages jobs are done that stay there, at last perhaps one that leads away; all other jobs are done in
any order, site after site, each from another tab that shows something of use, or from anywhere. An
answer comes last. Canonical actions are clicks, texts, options, back, forward, going to a site,
switching tabs, scrolling, and stop; a new tab only where it keeps the answer at hand.

The sites' own oracles number their jobs, say which are to be done, and what their pages save;
`ways/jobs.py` puts them together, `ways/walks.py` walks, `ways/answers.py` and `after_jobs.py` say
what the answer costs, `ways/leaving.py` how to go on.
"""

from midcourse.core.engine.compiler import rare
from midcourse.envs.web_tasks.forum.oracle import (
    forum_could,
    forum_done,
    forum_serve,
)
from midcourse.envs.web_tasks.goal.targets import reason
from midcourse.envs.web_tasks.goal.wishes import (
    NO_REASON,
    OF_FORUM,
    OF_SHOP,
    asks,
    class_of,
)
from midcourse.envs.web_tasks.shop.oracle import (
    beyond_repair,
    shop_could,
    shop_done,
    shop_serve,
)
from midcourse.envs.web_tasks.state import (
    BACK,
    FORWARD,
    FROM_NUMBERS,
    STOP,
    SWITCH_TAB,
)
from midcourse.envs.web_tasks.tables.oracle import (
    merged_in_vain,
    table_could,
    table_done,
    table_serve,
)
from midcourse.envs.web_tasks.ways.finding import FAR, NONE
from midcourse.envs.web_tasks.ways.jobs import (
    FIRST_FORUM_JOB,
    FIRST_TABLE_JOB,
    JOBS,
    MAINS,
    class_of_job,
    is_main,
)
from midcourse.envs.web_tasks.ways.leaving import leave
from midcourse.envs.web_tasks.ways.walks import HERE, walk, way


def cost_to_go(world, shared):
    """Fewest actions to success, over the canonical ones; negative if there is no way."""
    cost, _ = plan(world, shared)
    return cost if cost < FAR else -1


@rare
def plan(world, shared):
    """The cheapest way: its cost, and the jobs as which the main ones are done."""
    goal = world.goal
    if beyond_repair(world, shared) or merged_in_vain(world, shared):
        return FAR, 0
    if asks(goal.act[0]) or reason(world, shared) != NO_REASON:
        return way(world, shared, 0), 0
    best = FAR
    mains = 0
    for job in range(-1, JOBS):
        if serves(world, shared, 0, job):
            for other in range(-1, JOBS if goal.parts > 1 else 0):
                if goal.parts == 1 or serves(world, shared, 1, other):
                    both = 1 + job + MAINS * (1 + other)
                    cost = way(world, shared, both)
                    if cost < best:
                        best = cost
                        mains = both
    return best, mains


@rare
def serves(world, shared, part, job):
    """Whether a part of the goal can be had by a job; by none (-1) if it is done already."""
    its_class = class_of(world.goal.act[part])
    if job == NONE:
        return part_is_done(world, shared, its_class)
    if class_of_job(job) != its_class or part_is_done(world, shared, its_class):
        return False
    if its_class == OF_SHOP:
        return shop_could(world, shared, job)
    if its_class == OF_FORUM:
        return forum_could(world, job - FIRST_FORUM_JOB)
    return table_could(world, shared, job - FIRST_TABLE_JOB)


@rare
def part_is_done(world, shared, its_class):
    """Whether the goal's part of a class is done."""
    if its_class == OF_SHOP:
        return shop_done(world, shared)
    return forum_done(world) if its_class == OF_FORUM else table_done(world, shared)


# --- the first action -----------------------------------------------------------------------------


def act(world, shared):
    """The first action of a cheapest way; stop where there is none."""
    cost, mains = plan(world, shared)
    if cost >= FAR:
        return STOP, FROM_NUMBERS
    _, step, job = walk(world, shared, mains)
    if step in (BACK, FORWARD, SWITCH_TAB):
        return step, max(0, job)
    if step == HERE:
        if job < FIRST_FORUM_JOB:
            return shop_serve(world, shared, job)
        if job < FIRST_TABLE_JOB:
            j = job - FIRST_FORUM_JOB
            return forum_serve(world, j, j if is_main(job, mains) else NONE)
        return table_serve(world, shared, job - FIRST_TABLE_JOB, is_main(job, mains))
    return leave(world, shared, mains)
