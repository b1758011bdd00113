"""How the simulated printer answers: at once and clearly, or as it was told to.

>>> voice = Voice()
>>> voice.garble(1)
>>> voice.say(b"0123456789"), voice.say(b"0123456789")
(b'01234', b'0123456789')
>>> voice.answer_late(1)
>>> voice.say(b"first"), voice.say(b"second")
(b'', b'first')
"""

import threading
from collections import deque


class Voice:
    """Thread-safe. Whatever is ordered happens to the next answers, counted, never timed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gone = threading.Event()
        self._mute = False
        self._slow = 0.0
        self._garbled = 0
        self._late = 0
        self._held: deque[bytes] = deque()
        self._alerts: list[bytes] = []

    def fall_silent(self) -> None:
        """Obey, and answer nothing: some printers do when paper is out or the head is open."""
        with self._lock:
            self._mute = True

    def answer_again(self) -> None:
        """As a printer that nothing is wrong with; what was held back is lost."""
        with self._lock:
            self._mute, self._slow, self._garbled, self._late = False, 0.0, 0, 0
            self._held.clear()

    def answer_slowly(self, seconds: float) -> None:
        """Think so long before each answer."""
        with self._lock:
            self._slow = seconds

    def answer_late(self, questions: int) -> None:
        """Answer each question only after so many further ones."""
        with self._lock:
            self._late = questions

    def garble(self, count: int) -> None:
        """Spoil the next answers: one is cut in the middle, the next has wrong bytes in it."""
        with self._lock:
            self._garbled = count

    def alert(self, text: str) -> None:
        """Interrupt the next answer with a line that nobody asked for (^SX), between its frames
        where it has some.
        """
        with self._lock:
            self._alerts.append(b"\r\n" + text.encode("ascii") + b"\r\n")

    def close(self) -> None:
        self._gone.set()

    def say(self, answer: bytes) -> bytes:
        """What of an answer is sent now."""
        if not answer:
            return answer
        with self._lock:
            slow = self._slow
            said = b"" if self._mute else self._spoilt(self._in_turn(answer))
        if slow:
            self._gone.wait(slow)
        return said

    def _in_turn(self, answer: bytes) -> bytes:
        self._held.append(answer)
        return self._held.popleft() if len(self._held) > self._late else b""

    def _spoilt(self, answer: bytes) -> bytes:
        if not answer:
            return answer
        if self._alerts:
            end = answer.find(b"\x03\r\n") + 3 if b"\x03\r\n" in answer else 0
            answer = answer[:end] + self._alerts.pop(0) + answer[end:]
        if not self._garbled:
            return answer
        self._garbled -= 1
        middle = len(answer) // 2
        if self._garbled % 2 == 0:
            return answer[:middle]
        return bytes(byte ^ 0x15 if byte >= 0x20 else byte for byte in answer)
