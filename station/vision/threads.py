"""How many threads OpenCV uses: one where several processes share the machine, or time is told."""

import cv2


def use_one_thread() -> None:
    """From now on, in this process."""
    cv2.setNumThreads(1)
