"""What is asked about people, held against the rules before it is recorded."""

from collections.abc import Iterator

from station.core.events import (
    BadgeGiven,
    CredentialSet,
    PersonAdded,
    PersonRetired,
    RolesGiven,
    Unlocked,
)
from station.core.people import Role, name_problems, role_problems
from station.core.problem import Problem, Refused, problem, refuse
from station.line.board import Enrol
from station.records.people import People, Person

Enrolled = PersonAdded | RolesGiven | CredentialSet | BadgeGiven | PersonRetired | Unlocked


class Enrolment:
    def __init__(self, people: People) -> None:
        self._people = people

    def there(self, name: str) -> bool:
        return self._people.called(name) is not None

    def enrolled(self, request: Enrol) -> Enrolled:
        """The event to record. Raises Refused with all that is wrong."""
        name, reason = request.person, request.reason
        roles = tuple(each.strip() for each in request.roles.split(",") if each.strip())
        if request.change == "add":
            refuse([*self._name_problems(name), *role_problems(roles), *self._badge(request)])
            return PersonAdded(
                name=name,
                roles=roles,
                credential=request.credential,
                badge=request.badge,
                reason=reason,
            )
        person = self._person(name)
        match request.change:
            case "roles":
                refuse([*role_problems(roles), *self._last_admin(person, roles)])
                return RolesGiven(name=name, roles=roles, reason=reason)
            case "credential":
                return CredentialSet(name=name, credential=request.credential, reason=reason)
            case "badge":
                refuse(self._badge(request))
                return BadgeGiven(name=name, badge=request.badge, reason=reason)
            case "retire":
                refuse(self._last_admin(person, ()))
                return PersonRetired(name=name, reason=reason)
            case "unlock":
                return Unlocked(name=name, reason=reason)

    def _person(self, name: str) -> Person:
        found = self._people.called(name)
        if found is None:
            raise Refused(problem("There is nobody called {name} who could sign in.", name=name))
        return found

    def _name_problems(self, name: str) -> Iterator[Problem]:
        return name_problems(name, taken=[each.name for each in self._people.every()])

    def _badge(self, request: Enrol) -> Iterator[Problem]:
        if request.badge and self._people.with_badge(request.badge):
            yield problem("This badge is somebody's already.")

    def _last_admin(self, person: Person, roles: tuple[str, ...]) -> Iterator[Problem]:
        if Role.ADMIN not in person.roles or Role.ADMIN in roles:
            return
        others = (each for each in self._people.every() if each.name != person.name)
        if not any(Role.ADMIN in each.roles and not each.retired for each in others):
            yield problem("{name} is the only admin: name another one first.", name=person.name)
