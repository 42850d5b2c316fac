"""Many photos, each with its own verified edit: one engine for ``retouchiq batch`` and ``POST /v1/batches``.

::

    task       what to do, and what became of each photo
    find       which files of a folder are photos
    names      a name of its own for each photo's results
    begin      whether a batch can begin, which photos are waiting, where results go
    preview    what would be done
    run        the photos, several at once
    one        one photo: edit, export, sidecar beside it
    beside     sidecars beside the photos, placed and taken back
    journal    what is done, so that nothing is done twice
    sheet      the contact sheet
    reject     giving up single results afterwards

The folder ``out`` of a batch belongs to it::

    index.html  journal.jsonl  photos/NAME/{before.jpg, after.jpg, report.html, …}  exports/STEM.jpg
"""

from retouchiq.batch.run import run
from retouchiq.batch.task import Batch, Progress, Result, Source

__all__ = ["Batch", "Progress", "Result", "Source", "run"]
