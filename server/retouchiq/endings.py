"""The endings of file names by which photos, finished pictures and sidecars are known; lower case, with the dot."""

from __future__ import annotations

_RAW = """
    .3fr .ari .arw .bay .cap .cine .cr2 .cr3 .crw .cs1 .dc2 .dcr .dng .erf .fff .gpr .ia .iiq .k25 .kc2 .kdc .mdc .mef
    .mos .mrw .nef .nrw .orf .ori .pef .pxn .qtk .raf .raw .rdc .rw2 .rwl .sr2 .srf .srw .sti .x3f
"""
_OTHERS = """
    .avif .bmp .exr .gif .hdr .heic .heif .hif .j2c .j2k .jp2 .jpc .jxl .pbm .pfm .pgm .pnm .ppm .qoi .webp
"""

PICTURES = frozenset((".jpg", ".jpeg", ".png", ".tif", ".tiff"))
"""Endings of finished pictures that are read here: references, scores, sessions."""

PHOTOS = PICTURES.union(_RAW.split(), _OTHERS.split())
"""Endings of everything darktable opens."""

BASES = frozenset((".xmp", ".jpg", ".jpeg", ".tif", ".tiff"))
"""Endings of what may carry a photo's current state: a sidecar, or an export of darktable."""
