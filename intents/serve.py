"""Starts Rasa as `rasa run` does, with the assistant's own graph runner. Arguments are those of `rasa`."""

import rasa.core.processor
from rasa.__main__ import main

from runner import SequentialGraphRunner

if __name__ == "__main__":
    rasa.core.processor.DaskGraphRunner = SequentialGraphRunner
    main()
