"""The letters in the pictures: all that is written is there, and nothing leaves the picture."""

import numpy as np

from midcourse.envs.delayed_repression import letters
from midcourse.envs.delayed_repression.regulator import render

SIGNS = (
    "citizens who act radically alarm shares steps struck bridge L M R 0.5 -0.2 100 % last:,most"
)


def test_every_sign_that_pictures_use_is_drawn():
    assert set("".join([SIGNS, *render.BAR_NAMES, *render.LEVER_NAMES])) <= set(letters.LETTERS)
    for sign in set(letters.LETTERS) - {" "}:
        picture = np.zeros((7, 5, 3), np.uint8)
        letters.write(picture, 0, 0, sign, (1, 2, 3))
        assert {tuple(pixel) for pixel in picture.reshape(-1, 3).tolist()} == {(0, 0, 0), (1, 2, 3)}


def test_a_letter_looks_like_itself():
    picture = np.zeros((7, 5, 3), np.uint8)
    letters.write(picture, 0, 0, "L", (1, 1, 1))
    assert ["".join(".#"[x] for x in row) for row in picture[..., 0]] == ["#...."] * 6 + ["#####"]


def test_words_end_where_the_picture_does():
    picture = np.zeros((10, 20, 3), np.uint8)
    letters.write(picture, 6, 2, "radical citizens", (9, 9, 9))
    assert picture[6:, 2:].any()
    ends = np.zeros((7, 30, 3), np.uint8)
    letters.write_to(ends, 0, 30, "R", (9, 9, 9))
    assert ends[:, 25:].any()
    assert not ends[:, :25].any()
