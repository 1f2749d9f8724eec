"""What a training tells whoever started it: JSON lines on standard output, read by `src/train/events.ts`.

Everything else that is printed goes to standard error, so that no library can spoil a line.
"""

import json
import sys
import time
from typing import Any, TextIO

EVERY_S = 0.5  # from one step that is told to the next


class Events:
    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.told = 0.0

    @classmethod
    def on_stdout(cls) -> "Events":
        """Takes standard output for itself."""
        out, sys.stdout = sys.stdout, sys.stderr
        return cls(out)

    def tell(self, event: str, **values: Any) -> None:
        self.out.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
        self.out.flush()

    def step(self, step: int, steps: int, loss: float) -> None:
        """Often: most of them are not told."""
        now = time.monotonic()
        if step == steps or now - self.told >= EVERY_S:
            self.told = now
            self.tell("step", step=step, steps=steps, loss=round(loss, 4))
