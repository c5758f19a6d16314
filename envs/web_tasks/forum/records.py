"""What the forum's changing state is made of."""

import numpy as np

from midcourse.envs.web_tasks.speech.words import LONGEST

POSTS = 32
COMMENTS = 48
LETTERS = 12

POST = np.dtype(
    [
        ("board", np.int8),
        ("fresh", np.int8),  # 1: written in this episode
        ("gone", np.int8),  # 1: deleted again
        ("vote", np.int8),  # one's own: -1, 0, 1
        ("score", np.int16),  # of the others' votes and one's own
        ("author", np.int16, (2,)),  # "you": one's own, without a text as the episode begins
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
LETTER = np.dtype(
    [
        ("fresh", np.int8),  # 1: sent in this episode; 0: received before
        ("name", np.int16, (2,)),  # to whom, or from whom
        ("words", np.int16, (LONGEST,)),
    ],
    align=True,
)  # a message to one person; what the user says is called a message elsewhere
FORUM_STATE = np.dtype(
    [
        ("posts", np.int16),
        ("remarks", np.int16),
        ("subscribed", np.int16),  # bit b: to board b; none at the start
        ("post", POST, (POSTS,)),
        ("remark", REMARK, (COMMENTS,)),
        ("letters", np.int16),  # those received come first
        ("letter", LETTER, (LETTERS,)),
    ],
    align=True,
)
