"""Pictures that are the same everywhere: the inputs of the golden vectors.

Drawn ones use whole numbers only, so that no rounding of a platform shows in them; photos are
crops of those that scikit-learn ships.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_sample_image

Pixels = NDArray[np.uint8]
Plane = NDArray[np.int64]

SIZE_PX = 224


def pictures() -> dict[str, Pixels]:
    """Make the golden pictures.

    Returns
    -------
    dict of str to uint8 array of shape (224, 224, 3)
        sRGB pixels by name, always in this order.
    """
    china, flower = load_sample_image("china.jpg"), load_sample_image("flower.jpg")
    return {
        "sunset": _sunset(),
        "balls": _balls(),
        "stripes": _stripes(),
        "clouds": _clouds(),
        "houses": _houses(),
        "china-left": _crop(china, top=100, left=40),
        "china-right": _crop(china, top=180, left=380),
        "flower": _crop(flower, top=60, left=200),
    }


def _crop(photo: Pixels, *, top: int, left: int) -> Pixels:
    return np.ascontiguousarray(photo[top : top + SIZE_PX, left : left + SIZE_PX])


def _axes() -> tuple[Plane, Plane]:
    return np.mgrid[:SIZE_PX, :SIZE_PX]


def _disc(y0: int, x0: int, radius: int) -> Plane:
    y, x = _axes()
    return (y - y0) ** 2 + (x - x0) ** 2 < radius**2


def _colours(red: Plane, green: Plane, blue: Plane) -> Pixels:
    return np.stack([red, green, blue], axis=-1).clip(0, 255).astype(np.uint8)


def _noise(y: Plane, x: Plane) -> Plane:
    mixed = (x * 374_761_393 + y * 668_265_263) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1_274_126_177) & 0xFFFFFFFF
    return (mixed >> 16) & 0xFF


def _sunset() -> Pixels:
    y, x = _axes()
    sky = _colours(255 - y // 3, 80 + y // 2, 160 - y // 2)
    sky[_disc(120, 150, 34)] = (255, 230, 120)
    waves = _colours(20 + (x + 3 * y) % 23, 40 + (y * y // 9) % 31, 90 + (2 * x + 5 * y) % 41)
    return np.where((y < 140)[..., None], sky, waves)


def _balls() -> Pixels:
    y, x = _axes()
    picture = _colours(200 - x // 4, 205 - y // 5, 190 + x // 8)
    for n, (y0, x0, radius) in enumerate([(70, 60, 48), (90, 160, 40), (165, 110, 52)]):
        shade = ((y - y0 + radius) ** 2 + (x - x0 + radius) ** 2) // (radius * 3 // 2)
        ball = np.roll(_colours(250 - shade, 90 - shade // 3, 40 - shade // 4), n, axis=-1)
        inside = _disc(y0, x0, radius)
        picture[inside] = ball[inside]
    return picture


def _stripes() -> Pixels:
    y, x = _axes()
    dark = ((x + (y * y // 90)) // 14) % 2 * 200
    return _colours(245 - dark, 240 - dark, 225 - dark + _noise(y, x) // 12)


def _clouds() -> Pixels:
    y, x = _axes()
    height = sum(_smooth_noise(y, x, 1 << n) << n for n in range(3, 7)) // 120
    return _colours(height, height + 20, 130 + height // 2)


def _smooth_noise(y: Plane, x: Plane, step: int) -> Plane:
    row, col, down, right = y // step, x // step, y % step, x % step
    above = _noise(row, col) * (step - right) + _noise(row, col + 1) * right
    below = _noise(row + 1, col) * (step - right) + _noise(row + 1, col + 1) * right
    return (above * (step - down) + below * down) // step**2


def _houses() -> Pixels:
    y, x = _axes()
    picture = _colours(120 + y // 4, 170 + y // 5, 235 - y // 6)
    picture[180:] = (70, 110, 60)
    for left, top, width in [(10, 90, 60), (80, 50, 50), (140, 110, 75)]:
        wall = _colours(150 + left // 2 - _noise(y, x) // 8, 100 + 0 * x, 70 + left // 4 + 0 * x)
        inside = np.s_[top:200, left : left + width]
        picture[inside] = wall[inside]
        for row in range(top + 12, 190, 26):
            for col in range(left + 8, left + width - 12, 18):
                picture[row : row + 14, col : col + 10] = (250, 235, 150 - row // 4)
    return picture
