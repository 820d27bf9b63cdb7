"""What ``make run`` does where there is no display: edits a bundled picture and shows before and after side by side.

It goes through the command line that users have, so that what it shows is what they get.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "resources" / "samples" / "astronaut.jpg"
MOVES = ("--set", "hair_red=1")
GAP = 8  # white pixels between the two pictures


def edit(destination: Path, *moves: str) -> None:
    """Writes the sample's framed square, edited by ``moves``; ends the program with the command's own status."""
    command = [sys.executable, "-m", "diti_studio", "edit", str(SAMPLE), "-o", str(destination), *moves]
    status = subprocess.run(command, check=False).returncode
    if status != 0:
        raise SystemExit(status)


def side_by_side(left: Path, right: Path) -> Image.Image:
    """The two pictures, of equal size, next to each other on white."""
    with Image.open(left) as first, Image.open(right) as second:
        width, height = first.size
        sheet = Image.new("RGB", (2 * width + GAP, height), "white")
        sheet.paste(first.convert("RGB"), (0, 0))
        sheet.paste(second.convert("RGB"), (width + GAP, 0))
    return sheet


def main() -> None:
    moves = tuple(sys.argv[1:]) or MOVES
    folder = Path("out").resolve()  # `make` works in the project's own folder
    folder.mkdir(exist_ok=True)
    before, after, both = folder / "before.png", folder / "after.png", folder / "before-after.png"
    for stale in (before, after, both):
        stale.unlink(missing_ok=True)
    edit(before)
    edit(after, *moves)
    side_by_side(before, after).save(both)
    sys.stdout.write(f"Before and after ({' '.join(moves)}): {both}\n")


if __name__ == "__main__":
    main()
