"""A mask of ours as darktable's blend parameters and drawn forms."""

from __future__ import annotations

from hostbridge import HostFailed, InvalidSetting
from hostbridge.darktable import blend, ranges
from hostbridge.darktable.schema import Module, Schema
from hostbridge.darktable.settings import Mask

# dt_develop_mask_mode_t
_ENABLED, _DRAWN, _PARAMETRIC = 1, 2, 4
_INVERTED = 1  # dt_develop_mask_combine_mode_t; without it masks are intersected
# After the blur the mask follows the picture's edges as far as the blur reaches: no bright rims around poles and twigs.
_AFTER_BLUR = 5  # DEVELOP_MASK_GUIDE_IN_AFTER_BLUR
_FOLLOWED, _MOST_FOLLOWED = 5.0, 250.0  # σ of the blur; px, as far as darktable's own slider goes
_SPACES = {"lab": ranges.LAB, "rgb": ranges.RGB_SCENE}
_ACTIVE, _POLARITY = 0, 16  # first bits of blendif: which channels count, which are inverted


def blend_params(mask: Mask, module: Module, schema: Schema, mask_id: int = 0) -> bytes:
    """The blend parameters, of ``schema.blend_version``, that limit a module to a mask.

    ``mask_id``: the group of forms of ``mask.shape``. Raises `InvalidSetting` for a module darktable cannot limit and
    `HostFailed` for a darktable whose blend parameters are of an unknown version.
    """
    if module.colorspace not in _SPACES or not module.maskable:
        raise InvalidSetting(f"{module.operation} cannot be limited to a region: darktable has no masks for it")
    space = _SPACES[module.colorspace]
    fields = _initial(schema, space)
    found = [*([ranges.of_tones(mask.tones, space)] if mask.tones else [])]
    found += ranges.of_hues(mask.hues, space) if mask.hues else []
    for one in found:
        fields["blendif"] |= 1 << one.channel + _ACTIVE | one.inverted << one.channel + _POLARITY
        fields["blendif_parameters"][4 * one.channel : 4 * one.channel + 4] = one.corners
    fields["mask_mode"] = _ENABLED | (_PARAMETRIC if found else 0) | (_DRAWN if mask.shape else 0)
    fields["mask_id"] = mask_id
    fields["mask_combine"] = _INVERTED if mask.inverted else 0
    fields["opacity"] = mask.opacity
    if mask.blur:
        fields["blur_radius"] = mask.blur
        fields["feathering_radius"] = min(mask.blur * _FOLLOWED, _MOST_FOLLOWED)
        fields["feathering_guide"] = _AFTER_BLUR
    return blend.encode(schema.blend_version, fields)


def unlimited(module: Module, schema: Schema) -> bytes | None:
    """The blend parameters a module starts with; None where darktable has no blending for it."""
    space = _SPACES.get(module.colorspace)
    return None if space is None else blend.encode(schema.blend_version, _initial(schema, space))


def _initial(schema: Schema, space: int) -> blend.Fields:
    version = schema.blend_version
    if version not in blend.LAYOUTS:
        raise HostFailed(
            f"darktable {schema.version} has blend parameters of version {version}, known are up to "
            f"{max(blend.LAYOUTS)}: edits of a region need a newer RetouchIQ"
        )
    fields = blend.decode(version, schema.blends[space].ljust(blend.size(version), b"\0"))
    assert fields is not None
    return fields
