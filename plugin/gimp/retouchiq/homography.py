"""The projective map that moves a picture's corners (P. Heckbert, Fundamentals of Texture Mapping, 1989, 2.2)."""

Point = tuple[float, float]


def homography(width: float, height: float, a: Point, b: Point, d: Point, c: Point) -> tuple[float, ...]:
    """The nine coefficients, row by row, of the map of a ``width`` × ``height`` picture.

    ``a``, ``b``, ``d``, ``c``: where its corners upper left, upper right, lower left and lower right go. Raises
    `ZeroDivisionError` where three of them lie on a line.
    """
    (right_x, right_y), (left_x, left_y) = _minus(b, c), _minus(d, c)
    sum_x, sum_y = a[0] - b[0] + c[0] - d[0], a[1] - b[1] + c[1] - d[1]
    area = right_x * left_y - right_y * left_x
    g, h = (sum_x * left_y - sum_y * left_x) / area, (right_x * sum_y - right_y * sum_x) / area
    rows = [(b[i] - a[i] + g * b[i], d[i] - a[i] + h * d[i], a[i]) for i in (0, 1)] + [(g, h, 1.0)]
    return tuple(value / side for row in rows for value, side in zip(row, (width, height, 1), strict=True))


def _minus(p: Point, q: Point) -> Point:
    return p[0] - q[0], p[1] - q[1]
