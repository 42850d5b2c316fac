"""What an instruction asks for, as data: wishes, limits and what no parameter can do.

`request.Request` is the one reading of an instruction; the agent makes a plan of it and the reward a rubric, so that
both answer the same words.
"""
