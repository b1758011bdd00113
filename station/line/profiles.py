"""The profiles a station works by, loaded whole from their folder: one YAML file each."""

from pathlib import Path

from station import documents
from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.profile import Profile, Profiles
from station.core.shape import parse


def load(folder: Path) -> Profiles:
    """All profiles of a folder. Raises Refused with every problem of every file."""
    if not folder.is_dir():
        raise Refused(problem("There is no folder {folder}.", folder=str(folder)))
    problems: list[Problem] = []
    files: dict[str, Profile] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            files[path.name] = parse(Profile, documents.read(path))
        except Refused as refused:
            problems.extend(refused.within(path.name).problems)
    refuse(problems)
    return Profiles(files)
