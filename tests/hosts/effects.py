"""What an edit did to a picture, measured from the two pictures alone: plain CIE Lab, nothing of the reward's.

Pictures are float (h, w, 3), sRGB 0…1, of one size. An effect is one number, in L*, C*ab or degrees unless it says
otherwise; a test asks for its sign, its size, and that it grows with the amount.
"""

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter
from skimage.color import deltaE_ciede2000, rgb2lab


def polar(lab):
    """Chroma and hue (degrees) of a Lab picture."""
    return np.hypot(lab[..., 1], lab[..., 2]), np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360


def difference(before, after):
    """Mean ΔE00."""
    return float(deltaE_ciede2000(rgb2lab(before), rgb2lab(after)).mean())


def lightness(before, after, low=-1.0, high=101.0):
    """Mean ΔL* where the picture was between two L*."""
    old, new = rgb2lab(before)[..., 0], rgb2lab(after)[..., 0]
    return float((new - old)[(old >= low) & (old <= high)].mean())


def shadows(before, after):
    return lightness(before, after, low=3, high=30)


def midtones(before, after):
    return lightness(before, after, low=42, high=58)


def highlights(before, after):
    return lightness(before, after, low=70, high=97)


def blacks(before, after):
    return lightness(before, after, low=2, high=18)


def whites(before, after):
    return lightness(before, after, low=82, high=98)


def spread(before, after):
    """Growth of the standard deviation of L*, percent."""
    return float(100 * (rgb2lab(after)[..., 0].std() / rgb2lab(before)[..., 0].std() - 1))


def greys(before):
    """Where the picture is close to neutral and neither black nor white."""
    lab = rgb2lab(before)
    return (polar(lab)[0] < 6) & (lab[..., 0] > 20) & (lab[..., 0] < 92)


def grey_lightness(before, after):
    """Mean ΔL* of what was neutral."""
    return float((rgb2lab(after) - rgb2lab(before))[greys(before)][:, 0].mean())


def grey_chroma(before, after):
    """Mean change of C*ab of what was neutral."""
    return float((polar(rgb2lab(after))[0] - polar(rgb2lab(before))[0])[greys(before)].mean())


def yellow(before, after):
    """Mean Δb* of what was neutral: warmth."""
    return float((rgb2lab(after) - rgb2lab(before))[greys(before)][:, 2].mean())


def red(before, after):
    """Mean Δa* of what was neutral: magenta against green."""
    return float((rgb2lab(after) - rgb2lab(before))[greys(before)][:, 1].mean())


def chroma(before, after):
    """Mean change of C*ab."""
    return float((polar(rgb2lab(after))[0] - polar(rgb2lab(before))[0]).mean())


def muted_gain(before, after):
    """By how many percent muted colours (C*ab 8…25) gained chroma more than strong ones (over 45) did."""
    old, new = polar(rgb2lab(before))[0], polar(rgb2lab(after))[0]
    muted, strong = (old > 8) & (old < 25), old > 45
    return float(100 * (new[muted].mean() / old[muted].mean() - new[strong].mean() / old[strong].mean()))


def turn(before, after):
    """Mean turn of hue in degrees of what had and has a colour, weighted by chroma; 0 where nothing has one."""
    (was, old), (there, new) = polar(rgb2lab(before)), polar(rgb2lab(after))
    weight = np.minimum(was, there) * ((was > 12) & (there > 6))
    return float(np.average((new - old + 180) % 360 - 180, weights=weight)) if weight.sum() else 0.0


def towards(hue, zone):
    """The effect of tinting: mean shift of (a*, b*) along a hue where L* was in a zone."""

    def shift(before, after):
        old, new = rgb2lab(before), rgb2lab(after)
        moved = (new - old)[(old[..., 0] >= zone[0]) & (old[..., 0] <= zone[1])]
        return float((moved[:, 1] * np.cos(np.radians(hue)) + moved[:, 2] * np.sin(np.radians(hue))).mean())

    return shift


def detail(before, after, fine, coarse):
    """Growth of the standard deviation of L* between two scales (Gaussian sigmas, shares of the long side), percent."""
    scale = max(before.shape)

    def band(picture):
        plane = rgb2lab(picture)[..., 0]
        wide = gaussian_filter(plane, coarse * scale)
        return ((gaussian_filter(plane, fine * scale) if fine else plane) - wide).std()

    return float(100 * (band(after) / band(before) - 1))


def local_contrast(before, after):
    return detail(before, after, 0.003, 0.03)


def fine_detail(before, after):
    return detail(before, after, 0, 0.004)


def haze(before, after):
    """Fall of the dark channel (the darkest of R, G, B round about), percent of full scale."""
    dark = [minimum_filter(picture.min(axis=2), 9).mean() for picture in (before, after)]
    return float(100 * (dark[0] - dark[1]))


def corners(before, after):
    """How much the corners (outermost tenth) darkened against the middle."""
    fall = rgb2lab(before)[..., 0] - rgb2lab(after)[..., 0]
    y, x = (size // 10 for size in fall.shape)
    edge = np.mean([fall[:y, :x].mean(), fall[:y, -x:].mean(), fall[-y:, :x].mean(), fall[-y:, -x:].mean()])
    return float(edge - middle_lightness(after, before))


def middle_lightness(before, after):
    """Mean ΔL* of the middle ninth."""
    y, x = (size // 3 for size in before.shape[:2])
    return lightness(before[y : 2 * y, x : 2 * x], after[y : 2 * y, x : 2 * x])


def fine(picture):
    """What is finer than a small blur, in L*."""
    plane = rgb2lab(picture)[..., 0]
    return plane - gaussian_filter(plane, 1.5)


def grain(before, after):
    """Standard deviation of the fine structure that was added, in L*."""
    return float((fine(after) - fine(before)).std())


def noise(before, after):
    """Change of the noise where the picture was smooth: the median deviation from a small blur, in L*."""
    return float(np.median(np.abs(fine(after))) - np.median(np.abs(fine(before))))


def bloom(before, after):
    """Mean ΔL* of what lies round highlights without being one."""
    plane = rgb2lab(before)[..., 0]
    near = (maximum_filter(plane, 15) > 80) & (plane < 60)
    return float((rgb2lab(after)[..., 0] - plane)[near].mean())
