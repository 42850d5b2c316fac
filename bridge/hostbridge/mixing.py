"""White balance and black and white as one 3 × 3 matrix of linear light.

Temperature and tint adapt the picture from an assumed illuminant to the pipeline's white with CAT16 (Li et al. 2017,
"Comprehensive color solutions"). The illuminant moves along the daylight locus (CIE 015:2018) in reciprocal
temperature, below 4000 K along Planck's locus (Krystek 1985) at the daylight locus's distance, and across it in CIE
1960 uv, where 3000 units of tint are one unit of distance (as in Adobe's DNG specification).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

TO_XYZ: Matrix = np.array(
    # linear Rec2020 (darktable's working profile) to CIE XYZ of D50, primaries adapted with Bradford
    [[0.6734241, 0.1656411, 0.1251286], [0.2790177, 0.6753402, 0.0456377], [-0.0019300, 0.0299784, 0.7973330]]
)
SRGB_TO_XYZ: Matrix = np.array(
    # linear sRGB (GIMP's pixels) likewise
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
CAT16: Matrix = np.array(
    [[0.401288, 0.650173, -0.051461], [-0.250268, 1.204414, 0.045854], [-0.002079, 0.048952, 0.953127]]
)
WHITE = 200.0
"""Mired of the pipeline's white, D50."""

REACH = 2.0
"""The largest entry that darktable's color calibration and GEGL's channel mixer take."""

FILTERS: dict[str, tuple[float, float, float]] = {
    # share of red, green and blue in the grey; "none" is luminance
    "none": (0.2790177, 0.6753402, 0.0456377),
    "red": (0.85, 0.15, 0.0),
    "orange": (0.65, 0.35, 0.0),
    "yellow": (0.45, 0.55, 0.0),
    "green": (0.1, 0.85, 0.05),
    "blue": (0.05, 0.3, 0.65),
}


def matrix(temperature: float = 0.0, tint: float = 0.0, monochrome: float = 0.0, colour_filter: str = "none") -> Matrix:
    """The matrix in linear Rec2020 for a mired shift (+ warmer), a tint (+ magenta) and percent of black and white.

    Neutral colours keep their luminance. All zero is the identity.
    """
    grey = np.tile(FILTERS[colour_filter], (3, 1))
    share = monochrome / 100
    mixed: Matrix = ((1 - share) * np.eye(3) + share * grey) @ balance(temperature, tint)
    # reached by blue alone, near the ends of temperature and tint; its part in luminance is small
    return np.clip(mixed, -REACH, REACH)


def in_srgb(rows: Matrix) -> Matrix:
    """A `matrix` for pixels in linear sRGB instead of Rec2020."""
    from_srgb = np.linalg.inv(TO_XYZ) @ SRGB_TO_XYZ
    # rounding must not make an identity a little more or less than one
    moved: Matrix = np.round(np.linalg.inv(from_srgb) @ rows @ from_srgb, 6)
    return np.clip(moved, -REACH, REACH)


def balance(temperature: float, tint: float) -> Matrix:
    """Chromatic adaptation from the illuminant that many mired and tint units away, luminance of neutrals kept."""
    white = _xyz(*_daylight(WHITE))
    gains = (CAT16 @ white) / (CAT16 @ _xyz(*_illuminant(WHITE - temperature, tint / 3000)))
    adapted = np.linalg.inv(CAT16) @ np.diag(gains) @ CAT16
    rgb: Matrix = np.linalg.inv(TO_XYZ) @ adapted @ TO_XYZ
    rgb /= TO_XYZ[1] @ rgb.sum(axis=1)
    return rgb


def _xyz(u: float, v: float) -> Matrix:
    """XYZ with Y = 1 of a CIE 1960 chromaticity."""
    x, y = 3 * u / (2 * u - 8 * v + 4), 2 * v / (2 * u - 8 * v + 4)
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _illuminant(mired: float, distance: float) -> tuple[float, float]:
    """CIE 1960 uv of the illuminant ``distance`` above (greener than) the locus at that reciprocal temperature."""
    u, v = _daylight(mired)
    ahead_u, ahead_v = _daylight(mired + 1)
    along_u, along_v = ahead_u - u, ahead_v - v
    length = math.hypot(along_u, along_v)
    # a quarter turn from "towards lower temperature" (right in uv) is up: greener
    return u - along_v / length * distance, v + along_u / length * distance


def _daylight(mired: float) -> tuple[float, float]:
    """CIE 1960 uv on the daylight locus; below 4000 K on Planck's, moved so that they join."""
    kelvin = 1e6 / mired
    if kelvin >= 4000:
        return _cie_daylight(kelvin)
    joint_u, joint_v = _cie_daylight(4000)
    planck_u, planck_v = _planck(4000)
    u, v = _planck(kelvin)
    return u + joint_u - planck_u, v + joint_v - planck_v


def _cie_daylight(kelvin: float) -> tuple[float, float]:
    cubic = (-4.6070e9, 2.9678e6, 99.11, 0.244063) if kelvin <= 7000 else (-2.0064e9, 1.9018e6, 247.48, 0.237040)
    x = cubic[0] / kelvin**3 + cubic[1] / kelvin**2 + cubic[2] / kelvin + cubic[3]
    y = -3.0 * x * x + 2.870 * x - 0.275
    return 4 * x / (-2 * x + 12 * y + 3), 6 * y / (-2 * x + 12 * y + 3)


def _planck(kelvin: float) -> tuple[float, float]:
    u = (0.860117757 + 1.54118254e-4 * kelvin + 1.28641212e-7 * kelvin**2) / (
        1 + 8.42420235e-4 * kelvin + 7.08145163e-7 * kelvin**2
    )
    v = (0.317398726 + 4.22806245e-5 * kelvin + 4.20481691e-8 * kelvin**2) / (
        1 - 2.89741816e-5 * kelvin + 1.61456053e-7 * kelvin**2
    )
    return u, v
