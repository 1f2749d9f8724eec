import os
from pathlib import Path

import onnxruntime


def open_session(graph: Path) -> onnxruntime.InferenceSession:
    """A graph on the CPU, on as many threads as OMP_NUM_THREADS says, two at most without it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", min(2, os.cpu_count() or 1)))
    return onnxruntime.InferenceSession(graph, options, ["CPUExecutionProvider"])
