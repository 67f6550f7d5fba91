"""Calling a function that may do anything, in a Python process of its own that can be ended at any moment.

The kernel (``process``) sends the function and its arguments by cloudpickle (``sending``); the other side (``worker``)
calls it and answers in plain data (``plain``, ``wire``): numbers, arrays, lists, texts. Nothing that comes back is ever
unpickled, so whatever a function does, the kernel only reads data.

What ends a call, on every system: processor time, time on the clock, memory, and the end of the process itself.
"""
