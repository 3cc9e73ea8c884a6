"""Draw the icons of the installable pages from the site's own mark: ``python tools/draw_icons.py``; the files are committed."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from PIL import Image, ImageDraw

IMAGES: Final = Path(__file__).parents[1] / "src/punte/web/ui/static/ui/img"
FINER: Final = 8
"""Drawn so many times larger, then made smaller: the edges are smooth."""
STEPS: Final = 48
ICONS: Final = {
    # name: side [px], whether the ground fills the square, how much of the side the mark takes
    "icon-192": (192, False, 1.0),
    "icon-512": (512, False, 1.0),
    # Launchers cut a maskable icon to a circle of 80 % of the side (W3C, Web App Manifest, 4.1): the mark lies inside.
    "icon-maskable-512": (512, True, 0.72),
    "apple-touch-icon": (180, True, 0.86),
}
Point = tuple[float, float]


def lines(path: str) -> Iterator[list[Point]]:
    """Yield the lines of an SVG path of moves, straight lines and cubic curves, as points."""
    at, last, found = (0.0, 0.0), (0.0, 0.0), list[Point]()
    for letter, rest in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", path):
        given = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", rest)]
        if letter == "M":
            if found:
                yield found
            at = (given[0], given[1])
            found = [at]
        elif letter in "hvV":
            at = {
                "h": (at[0] + given[0], at[1]),
                "v": (at[0], at[1] + given[0]),
                "V": (at[0], given[0]),
            }[letter]
            found.append(at)
        elif letter in "cs":
            # The first handle of a smooth curve mirrors the last one of the curve before.
            if letter == "s":
                given = [at[0] - last[0], at[1] - last[1], *given]
            ends = [(at[0] + given[n], at[1] + given[n + 1]) for n in (0, 2, 4)]
            found += [_on_curve((at, *ends), step / STEPS) for step in range(1, STEPS + 1)]
            last, at = ends[1], ends[2]
        else:
            raise ValueError(f"The path has “{letter}”, which this tool does not draw.")
    yield found


def _on_curve(ends: tuple[Point, ...], part: float) -> Point:
    weights = [math.comb(3, n) * part**n * (1 - part) ** (3 - n) for n in range(4)]
    x, y = (sum(w * end[axis] for w, end in zip(weights, ends, strict=True)) for axis in (0, 1))
    return x, y


def draw(side_px: int, *, fills: bool, share: float) -> Image.Image:
    """Return the mark as a picture of so many pixels."""
    mark = ET.parse(IMAGES / "favicon.svg").getroot()  # noqa: S314  (a file of this repository)
    ground, strokes = list(mark)
    view = float(mark.attrib["viewBox"].split()[2])
    whole = side_px * FINER
    picture = Image.new("RGBA", (whole, whole), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    radius = 0 if fills else float(ground.attrib["rx"]) * whole / view
    pen.rounded_rectangle((0, 0, whole - 1, whole - 1), radius, fill=ground.attrib["fill"])
    scale = whole / view * share
    edge = (whole - view * scale) / 2
    half = float(strokes.attrib["stroke-width"]) * scale / 2
    for line in lines(strokes.attrib["d"]):
        points = [(edge + x * scale, edge + y * scale) for x, y in line]
        pen.line(points, fill=strokes.attrib["stroke"], width=round(2 * half), joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - half, y - half, x + half, y + half), fill=strokes.attrib["stroke"])
    small = picture.resize((side_px, side_px), Image.Resampling.LANCZOS)
    return small.convert("RGB") if fills else small


if __name__ == "__main__":
    for name, (side_px, fills, share) in ICONS.items():
        draw(side_px, fills=fills, share=share).save(IMAGES / f"{name}.png", optimize=True)
