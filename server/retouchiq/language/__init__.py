"""What an instruction asks for, as data: wishes, limits and what no parameter can do.

`request.Request` is the one reading of an instruction; the agent makes a plan of it and the reward a rubric, so that
both answer the same words. `read` is the default reader: tables and a small grammar, no model, no picture.
"""

from retouchiq.language.reader import read
from retouchiq.language.request import Limit, Request, Wish

__all__ = ["Limit", "Request", "Wish", "read"]
