"""What the forum's changing state is made of."""

import numpy as np

from midcourse.envs.web_tasks.words import LONGEST

POSTS = 32
COMMENTS = 48

POST = np.dtype(
    [
        ("board", np.int8),
        ("fresh", np.int8),  # 1: written in this episode
        ("gone", np.int8),  # 1: deleted again
        ("vote", np.int8),  # one's own: -1, 0, 1
        ("score", np.int16),  # of the others' votes and one's own
        ("author", np.int16, (2,)),
        ("title", np.int16, (LONGEST,)),
        ("body", np.int16, (LONGEST,)),
    ],
    align=True,
)
REMARK = np.dtype(
    [
        ("post", np.int16),
        ("fresh", np.int8),
        ("author", np.int16, (2,)),
        ("words", np.int16, (LONGEST,)),
    ],
    align=True,
)  # a comment
FORUM_STATE = np.dtype(
    [
        ("posts", np.int16),
        ("remarks", np.int16),
        ("subscribed", np.int16),  # bit b: to board b; none at the start
        ("post", POST, (POSTS,)),
        ("remark", REMARK, (COMMENTS,)),
    ],
    align=True,
)
