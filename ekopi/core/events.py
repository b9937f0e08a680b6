"""The few things that may travel upwards: an area declares an event, higher areas listen.

Fewer than ten in all, each "it happened", never a workflow. A listener works in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable


class Event:
    """One kind of happening; `send` calls the listeners in the caller's transaction."""

    declared: dict[str, Event] = {}

    def __init__(self, name: str, meaning: str):
        self.name, self.meaning = name, meaning
        self.listeners: dict[str, Callable] = {}
        Event.declared[name] = self

    def listen(self, listener: Callable) -> Callable:
        """Decorator; the same function registered twice is called once."""
        self.listeners[f"{listener.__module__}.{listener.__qualname__}"] = listener
        return listener

    def send(self, **facts) -> None:
        for listener in self.listeners.values():
            listener(**facts)
