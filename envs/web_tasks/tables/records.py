"""What the rows of the back office, the tracker and the map are made of."""

import numpy as np

from midcourse.envs.web_tasks.speech.words import LONGEST

SALES_AT_FIRST, RATINGS_AT_FIRST, SUPPLIES_AT_FIRST = 12, 12, 3
ISSUES_OF_PROJECT, REQUESTS_OF_PROJECT, MEMBERS_OF_PROJECT = 5, 3, 3
PLACES_OF_KIND = 4
FRESH = 6  # rows that an episode may add
ROWS = 48 + 12 + 12 + 3 + 4 * (5 + 3 + 3) + 6 * 4 + FRESH
VALUES = 6  # of a row: its columns, then what no page shows
TOWN = 60  # places stand at the crossings of so many streets with as many
FOLD = 8  # rows of a list that one screen shows

ROW = np.dtype(
    [
        ("table", np.int8),
        ("group", np.int8),  # of the site
        ("fresh", np.int8),  # 1: made in this episode
        ("gone", np.int8),  # 1: deleted again
        ("forgiven", np.int8),  # 1: merged as was wanted, wrong since a message
        ("screen", np.int8),  # of its list on which it stands; deleted rows keep their places
        ("value", np.int16, (VALUES,)),
        ("title", np.int16, (LONGEST,)),
    ],
    align=True,
)
