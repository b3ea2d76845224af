"""Figures of lines over two logarithmic axes, as SVG that can be read on a light and on a dark page."""

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

# Of the whole, and of the margins around the area of lines; names of lines stand on its right.
WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 180, 44, 56

# The middle between black and white, so that it is seen before both, and as bright colours.
GREY = "#7f858d"
COLOURS = ["#e8590c", "#2f81f7", "#2da44e", "#a371f7"]

# The least distance between the names of two lines.
APART = 18


@dataclass(frozen=True)
class Axes:
    across: str
    up: str
    ticks: list


@dataclass(frozen=True)
class Line:
    """Values by sizes; one without a colour is dashed and grey, for what is not measured."""

    name: str
    values: dict
    colour: str | None = None


def lines(results):
    """A line for each of these, in the order in which they are given."""
    return [Line(name, values, colour) for (name, values), colour in zip(results.items(), COLOURS)]


def write(path, title, axes, lines):
    """Writes a figure."""
    sizes = [size for line in lines for size in line.values]
    values = [value for line in lines for value in line.values.values()]
    ticks = round_values(min(values), max(values))
    x = scale(min(sizes), max(sizes), LEFT, WIDTH - RIGHT)
    y = scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="13" fill="{GREY}">',
        f"<title>{escape(title)}</title>",
        text(LEFT, 22, title, anchor="start", weight="bold"),
        *grid(axes, ticks, x, y),
        *(curve(line, x, y) for line in reversed(lines)),
        *names(lines, y),
        "</svg>",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts) + "\n")


def scale(least, most, begin, end):
    """Where a value lies, by its logarithm; if there is only one, at the beginning."""
    return lambda value: begin + (end - begin) * (log10(value / least) / log10(most / least) if most > least else 0)


def round_values(least, most):
    """The values 1, 2 and 5 times powers of ten, from the last below the least to the first above the most."""
    exponents = range(floor(log10(least)) - 1, ceil(log10(most)) + 2)
    values = [factor * 10.0**exponent for exponent in exponents for factor in (1, 2, 5)]
    below = max(value for value in values if value <= least * 1.0001)
    above = min(value for value in values if value >= most * 0.9999 and value > below)
    return [value for value in values if below <= value <= above]


def grid(axes, ticks, x, y):
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for value in ticks:
        yield rule(LEFT, y(value), right, y(value))
        yield text(LEFT - 8, y(value) + 4, f"{value:,.10g}", anchor="end")
    for value in axes.ticks:
        yield rule(x(value), TOP, x(value), bottom)
        yield text(x(value), bottom + 18, f"{value:,}")
    yield text((LEFT + right) / 2, HEIGHT - 14, axes.across)
    middle = (TOP + bottom) / 2
    yield text(18, middle, axes.up, turn=f' transform="rotate(-90 18 {middle:.1f})"')


def curve(line, x, y):
    points = [(x(size), y(value)) for size, value in sorted(line.values.items())]
    path = " ".join(f"{across:.1f},{up:.1f}" for across, up in points)
    if line.colour is None:
        return f'<polyline points="{path}" fill="none" stroke="{GREY}" stroke-width="1.5" stroke-dasharray="5 4"/>'
    dots = "".join(f'<circle cx="{across:.1f}" cy="{up:.1f}" r="3"/>' for across, up in points)
    return (
        f'<g fill="{line.colour}"><polyline points="{path}" fill="none" stroke="{line.colour}" stroke-width="2"/>'
        f"{dots}</g>")


def names(lines, y):
    """The names of the lines at their ends, moved apart."""
    end = lambda line: y(line.values[max(line.values)])
    lines = sorted(lines, key=end)
    heights = [end(line) for line in lines]
    for n in range(1, len(heights)):
        heights[n] = max(heights[n], heights[n - 1] + APART)
    beyond = max(0, heights[-1] - (HEIGHT - BOTTOM))
    for n in reversed(range(len(heights))):
        limit = heights[n + 1] - APART if n + 1 < len(heights) else heights[n] - beyond
        heights[n] = min(heights[n], limit)
    for height, line in zip(heights, lines):
        yield text(WIDTH - RIGHT + 10, height + 4, line.name, anchor="start", colour=line.colour)


def rule(x1, y1, x2, y2):
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{GREY}" stroke-opacity="0.25"/>'


def text(x, y, content, anchor="middle", weight=None, colour=None, turn=""):
    weight = f' font-weight="{weight}"' if weight else ""
    colour = f' fill="{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}{colour}{turn}>{escape(content)}</text>'
