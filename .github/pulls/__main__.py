"""What answers a pull request after its check: it may write, so it is the default branch's, and runs nothing else.

    python3 .github/pulls unpack FOLDER     # the site that the check packed, looked at, into FOLDER
    python3 .github/pulls answer            # labels, and one comment that is edited

Where and whom comes from the environment of the run:
GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_TOKEN.
"""

import os
import sys
from pathlib import Path

import archive
import pulls
from answer import answer
from api import Api, Refused


def unpack(folder: Path) -> None:
    """Unpack the site if there is one to show; tell the next steps what came of it."""
    run, api = pulls.run_of_event(), Api()
    pull = run and pulls.find(api, run)
    number = pulls.artifact(api, run) if run and pull and run.passed else None
    if not run or not pull or number is None:
        print("There is nothing to show.")
        return
    packed = folder.with_suffix(".zip")
    try:
        api.save(f"actions/artifacts/{number}/zip", packed, archive.MOST_PACKED)
        count = archive.unpack(packed, folder)
    finally:
        packed.unlink(missing_ok=True)
    print(f"{count} files for pull request {pull.number}.")
    _tell(number=pull.number, commit=run.commit, artifact=number, publish=str(pull.data_alone).lower())


def _tell(**outputs: object) -> None:
    """Set outputs of the step; none of them is anybody's text."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in outputs.items())


def main(command: str, *arguments: str) -> None:
    """Run a command."""
    try:
        if command == "unpack":
            unpack(Path(*arguments))
        else:
            answer(os.environ.get("ARTIFACT", ""), os.environ.get("PREVIEW", ""))
    except Refused as error:
        sys.exit(f"Refused: {error}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
