"""Long work that outlives the page, the browser and the server.

A job is a command, ``python -m core …``, in a process of its own that nothing else ends with. Its folder says what was
ordered, how far it is and what it wrote; a lock that the operating system releases says whether it lives. There is no
server of jobs: each process waits until the older ones have ended.
"""

from core.jobs.job import Job, State, find_job, jobs, left_out, living_jobs
from core.jobs.queue import forget, resume, stop, submit
from core.jobs.recorder import is_recorded, recording, tell

__all__ = [
    "Job",
    "State",
    "find_job",
    "forget",
    "is_recorded",
    "jobs",
    "left_out",
    "living_jobs",
    "recording",
    "resume",
    "stop",
    "submit",
    "tell",
]
