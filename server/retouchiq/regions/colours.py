"""The colours of a part of a picture, as a mixture of normal distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.special import logsumexp

SAMPLE = 3000  # pixels the mixture is fitted on
NOISE = np.diag([6.0, 2.0, 2.0])  # variance of L*, a*, b* that every cluster has at least
NOWHERE = -60.0  # log density far from every cluster


def likelihood(lab: NDArray[np.float32], part: NDArray[np.bool_], clusters: int) -> NDArray[np.float64]:
    """The log density of every pixel's colour among those of ``part``, (h, w)."""
    own = np.random.default_rng(0).permutation(lab[part].astype(np.float64))[:SAMPLE]
    _, labels = kmeans2(own, clusters, minit="++", seed=0, iter=8)
    members = [own[labels == label] for label in range(clusters)]
    logs = [_normal(lab, some) + np.log(len(some) / len(own)) for some in members if len(some) > 8]
    return np.asarray(logsumexp([np.full(lab.shape[:2], NOWHERE), *logs], axis=0), np.float64)


def _normal(lab: NDArray[np.float32], own: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.cov(own.T) + NOISE
    off = lab - own.mean(axis=0)
    distance = np.einsum("hwi,ij,hwj->hw", off, np.linalg.inv(spread), off)
    return np.asarray(-0.5 * (distance + np.linalg.slogdet(spread)[1]), np.float64)
