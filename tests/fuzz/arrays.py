"""Expressions that are arrays of a given shape, and views of arrays that have a name."""

from fuzz.scalars import called
from fuzz.writer import ARRAYS as compound
from fuzz.writer import NUM, Arr, Helper, Seq, Writer, vector
from fuzz.writer import SIMPLE_ARRAYS as simple


def of_shape(w: Writer, shape: tuple[int, ...], *_) -> list[str]:
    return w.named(Arr, fits=lambda s: s.shape == shape)


# --- simple


@simple(8, lambda w, s, d: bool(of_shape(w, s)))
def name(w, shape, depth):
    return w.choose.pick(of_shape(w, shape))


@simple(2)
def filled(w, shape, depth):
    size = str(shape[0]) if len(shape) == 1 else str(shape)
    return w.choose.pick(
        ("np.full({0}, {1})", "({1} * np.ones({0}))", "(np.zeros({0}) + {1})")
    ).format(size, w.number(0))


@simple(2, lambda w, s, d: len(s) == 1)
def display(w, shape, depth):
    return f"np.array([{', '.join(w.number(0) for _ in range(shape[0]))}])"


@simple(1, lambda w, s, d: len(s) == 2)
def display2(w, shape, depth):
    rows = ["[" + ", ".join(w.number(0) for _ in range(shape[1])) + "]" for _ in range(shape[0])]
    return f"np.array([{', '.join(rows)}])"


@simple(4, lambda w, s, d: bool(viewed(w, s)))
def part(w, shape, depth):
    return w.choose.pick(viewed(w, shape))


def viewed(w: Writer, shape: tuple[int, ...]) -> list[str]:
    """What of the named arrays has this shape, without being one of them."""
    found = []
    for name in w.named(Arr):
        found += parts(name, w.shape(name).shape, shape)
    return found[:12]


def parts(name: str, old: tuple[int, ...], new: tuple[int, ...]) -> list[str]:
    """Views of one array that have the shape `new`."""
    found = []
    if len(old) == len(new) == 1:
        n, k = old[0], new[0]
        found += [f"{name}[{s}:{s + k}]" for s in range(n - k + 1) if n > k]
        found += [f"{name}[{n - k}:]", f"{name}[:-{n - k}]"] if n > k else []
        found += [f"{name}[::2]"] if (n + 1) // 2 == k and n > 1 else []
        found += [f"{name}[::-1]"] if n == k else []
    if len(old) == 2 and len(new) == 1:
        rows, columns = old
        found += [f"{name}[{r}]" for r in (0, rows - 1, -1)] if columns == new[0] else []
        found += [f"{name}[:, {c}]" for c in (0, columns - 1)] if rows == new[0] else []
        found += [f"{name}.reshape(-1)", f"{name}.ravel()"] if rows * columns == new[0] else []
    if len(old) == 2 and len(new) == 2:
        found += [f"{name}.T"] if old[::-1] == new else []
        found += [f"{name}[::-1]", f"{name}[:, ::-1]"] if old == new else []
        found += [f"{name}[1:, :]"] if old == (new[0] + 1, new[1]) else []
        found += [f"{name}[:, :-1]"] if old == (new[0], new[1] + 1) else []
    if len(old) == 1 and len(new) == 2 and old[0] == new[0] * new[1]:
        found += [f"{name}.reshape({new[0]}, {new[1]})"]
    return found


# --- compound


@compound(6)
def plain(w, shape, depth):
    return w.array(shape, 0)


@compound(5)
def elementwise(w, shape, depth):
    inner = w.array(shape, depth - 1)
    return w.choose.pick(FORMS).format(inner)


FORMS = (
    *("np.sin({})", "np.cos({})", "np.tanh({})", "-{}", "0.5 * {}", "np.exp(-({} ** 2))"),
    *("np.sqrt(1.5 + {} ** 2)", "np.arctan({})", "{}.copy()", "np.asarray({})", "np.square({})"),
)


@compound(5)
def binary(w, shape, depth):
    left = w.array(shape, depth - 1)
    right = w.number(0) if w.choose.chance(40) else w.array(shape, 0)
    return f"({left} {w.choose.pick('*+-')} {right})"


@compound(2, lambda w, s, d: len(s) == 2)
def broadcast(w, shape, depth):
    row = w.array(shape[1:], 0)
    return f"({w.array(shape, depth - 1)} * {row})"


@compound(1, lambda w, s, d: len(s) == 2)
def column(w, shape, depth):
    return f"({w.array(shape, depth - 1)} + {w.array(shape[:1], 0)}[:, None])"


@compound(2)
def chosen(w, shape, depth):
    tested = w.array(shape, 0)
    return f"np.where({tested} > {w.threshold()}, {w.array(shape, depth - 1)}, {w.number(0)})"


@compound(3, lambda w, s, d: len(s) == 1 and bool(matrices(w, rows=s[0])))
def matrix_times(w, shape, depth):
    name = w.choose.pick(matrices(w, rows=shape[0]))
    return f"({name} @ {w.array(w.shape(name).shape[1:], depth - 1)})"


@compound(2, lambda w, s, d: len(s) == 1 and bool(matrices(w, columns=s[0])))
def times_matrix(w, shape, depth):
    name = w.choose.pick(matrices(w, columns=shape[0]))
    other = w.array(w.shape(name).shape[:1], depth - 1)
    return w.choose.pick(("({1} @ {0})", "np.dot({1}, {0})", "{0}.T @ {1}")).format(name, other)


@compound(2, lambda w, s, d: len(s) == 1 and bool(matrices(w, columns=s[0])))
def reduced(w, shape, depth):
    name = w.choose.pick(matrices(w, columns=shape[0]))
    return w.choose.pick(("np.sum({}, axis=0)", "{}.mean(axis=0)")).format(name)


def matrices(w: Writer, rows: int | None = None, columns: int | None = None) -> list[str]:
    def fits(shape: Arr) -> bool:
        s = shape.shape
        return len(s) == 2 and rows in (None, s[0]) and columns in (None, s[1])

    return w.named(Arr, fits=fits)


@compound(2, lambda w, s, d: len(s) == 2)
def outer(w, shape, depth):
    return f"np.outer({w.array(shape[:1], depth - 1)}, {w.array(shape[1:], 0)})"


@compound(1, lambda w, s, d: len(s) == 2 and s[0] == 2)
def stacked(w, shape, depth):
    one, two = w.array(shape[1:], depth - 1), w.array(shape[1:], 0)
    return w.choose.pick(
        ("np.stack([{}, {}])", "np.array([{}, {}])", "np.vstack([{}, {}])")
    ).format(one, two)


@compound(2, lambda w, s, d: len(s) == 1 and s[0] >= 2)
def concatenated(w, shape, depth):
    first = w.choose.integer(1, shape[0] - 1)
    one, two = w.array((first,), depth - 1), w.array((shape[0] - first,), 0)
    return f"np.concatenate([{one}, {two}])"


@compound(1, lambda w, s, d: len(s) == 1)
def cumulated(w, shape, depth):
    return f"np.cumsum({w.array(shape, depth - 1)})"


@compound(2, lambda w, s, d: len(s) == 1 and bool(w.named(Arr, fits=vector)))
def gathered(w, shape, depth):
    name = w.choose.pick(w.named(Arr, fits=vector))
    size = w.shape(name).shape[0]
    places = [str(w.choose.integer(0, size - 1)) for _ in range(shape[0])]
    return f"{name}[[{', '.join(places)}]]"


@compound(2, lambda w, s, d: len(s) == 1 and bool(of_shape(w, s)))
def comprehension(w, shape, depth):
    over = w.choose.pick(of_shape(w, shape))
    with w.item() as inside:
        body = w.number(depth - 1)
    return f"np.array([{body} for {inside} in {over}])"


def same_length(w: Writer, shape: tuple[int, ...], *_) -> list[str]:
    """Names of lists of numbers that make an array of this shape."""
    if len(shape) != 1:
        return []
    return w.named(Seq, fits=lambda s: s.items == (NUM,) * shape[0])


@compound(3, lambda w, s, d: bool(same_length(w, s)))
def from_list(w, shape, depth):
    return f"np.array({w.choose.pick(same_length(w, shape))})"


@compound(3, lambda w, s, d: bool(helpers(w, s)))
def call(w, shape, depth):
    return called(w, w.choose.pick(helpers(w, shape)), depth)


def helpers(w: Writer, shape: tuple[int, ...]) -> list[Helper]:
    return [h for h in w.helpers if h.result == Arr(shape) and not h.writes]
