"""From what the configuration says to whom is told what."""

from collections.abc import Iterable

from station.config import WebhookConfig
from station.core.problem import Problem, Refused, problem, refuse
from station.exchange.address import Target
from station.exchange.outbox import Hook
from station.exchange.signature import Key


def hooks_of(settings: Iterable[WebhookConfig]) -> tuple[Hook, ...]:
    """Raises Refused with everything that is wrong, each with its place."""
    hooks: list[Hook] = []
    problems: list[Problem] = []
    for place, each in enumerate(settings):
        try:
            hooks.append(_hook(each, earlier=hooks))
        except Refused as refused:
            problems.extend(refused.within(f"webhooks.{place}").problems)
    refuse(problems)
    return tuple(hooks)


def _hook(settings: WebhookConfig, *, earlier: Iterable[Hook]) -> Hook:
    problems: list[Problem] = []
    try:
        target = Target.parse(settings.url, addresses=settings.addresses)
    except Refused as refused:
        problems.extend(refused.within("url").problems)
    else:
        if any(each.target == target for each in earlier):
            problems.append(problem("This URL is given twice.", where="url"))
    try:
        key = Key.load(settings.secret_file)
    except Refused as refused:
        problems.extend(refused.within("secret_file").problems)
    refuse(problems)
    return Hook(target, settings.events, key)
