"""Starts Rasa as `rasa run` does, with the assistant's own graph runner. Arguments are those of `rasa`."""

import os

# A message is a few small products of a matrix and a vector. NumPy's other threads have no part in them, yet wait for
# the next one in a busy loop: four fifths of this process's processor time. NumPy reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import rasa.core.processor  # noqa: E402
import rasa.server  # noqa: E402
from rasa.__main__ import main  # noqa: E402

from runner import SequentialGraphRunner  # noqa: E402

if __name__ == "__main__":
    rasa.core.processor.DaskGraphRunner = SequentialGraphRunner
    # Browsers never ask Rasa, only the app does; to look at every request for their sake is a tenth of its work.
    rasa.server.configure_cors = lambda *_: None
    main()
