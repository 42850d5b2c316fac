"""What people asked for and what an expert made of it: the expert should mostly beat doing nothing."""

import numpy as np
from PIL import Image

from retouchiq.language.request import Request, Wish
from retouchiq.reward.measured import MeasuredReward


def _wish(control: str, direction: int = 1, strength: float = 1.0, **options: float) -> Wish:
    return Wish(control=control, direction=direction, strength=strength, options=options)


ASKED = {
    # pair: what the person wrote for that very edit, as wishes
    "fivek_a2803_C": (_wish("exposure", strength=1.2),),  # lighten the overall image by a moderate amount
    "fivek_a2917_C": (_wish("exposure"),),  # Increase lighting exposure on image.
    "fivek_a3102_C": (_wish("exposure", strength=0.5),),  # Increase the brightness a bit
    "fivek_a3232_C": (_wish("exposure"), _wish("contrast")),  # Increase the amount of brightness and contrast
    "fivek_a4232_C": (_wish("contrast", strength=0.5),),  # Increase the contrast of the image a little bit.
    "fivek_a4723_C": (_wish("exposure"),),  # Increase image exposure.
    "fivek_a4857_C": (_wish("contrast"), _wish("exposure")),  # add more contrast to simulate more sunlight
    "dtdocs_contrast_equalizer": (_wish("clarity"), _wish("texture")),
    "pixls_bw_langan_luminosity": (_wish("monochrome"),),
    "pixls_curves_darkblue": (_wish("shadows_color", hue=275.0),),  # add blue to the dark tones
    "pixls_curves_orangeteal": (_wish("shadows_color", hue=215.0), _wish("highlights_color", hue=65.0)),
}


def test_experts_mostly_beat_doing_nothing(data):
    reward = MeasuredReward()
    verdicts = {}
    for name, wishes in ASKED.items():
        before, after = (_open(next((data / "pairs").glob(f"{name}_{side}.*[gf]"))) for side in ("before", "after"))
        verdicts[name] = reward.rubric(before, Request(instruction="", wishes=wishes)).judge(after)
    print("\n".join(f"{name:28} nothing {v.baseline:5.2f}  expert {v.score:5.2f}" for name, v in verdicts.items()))
    assert sum(v.score > v.baseline for v in verdicts.values()) >= len(verdicts) - 2


def _open(path):
    image = Image.open(path).convert("RGB")
    image.thumbnail((256, 256))
    return np.asarray(image, np.float32) / 255
