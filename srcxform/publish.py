"""From generated functions to a module on disk, and back in another process.

Guarantees that a module is used again only if all that was read to write it is as it was: the
function's source, callees that were looked into, defaults and settings folded in, the kinds of
captured data, the versions of what wrote it. Everything is compared by content, so that a process
that finds its module on disk neither reads, specialises nor generates anything.
"""

from __future__ import annotations

import functools
import importlib.metadata
import inspect
import json
import sys
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gast
import numpy as np

from srcxform.emit import cache
from srcxform.emit.lines import lines_of, note_lines, packed, unpacked
from srcxform.emit.load import load
from srcxform.emit.module import module_text
from srcxform.frontend.dependencies import Description, Reader, Reading, base_name, text_of
from srcxform.frontend.externals import Capture, Externals, Guard, is_same
from srcxform.frontend.paths import Found, Unreachable
from srcxform.frontend.paths import Path as Steps
from srcxform.frontend.read import Read
from srcxform.kinds.encoding import Undecodable, decode, encode
from srcxform.kinds.lattice import Const, Kind
from srcxform.kinds.values import kind_of
from srcxform.rules.registry import RULES, Rule
from srcxform.specialise import switching
from srcxform.syntax.build import Node
from srcxform.syntax.visit import walk
from srcxform.transform.context import Context
from srcxform.transform.counting import Uses, uses_of

__all__ = ["Compiled", "Counters", "Request", "counters", "publish", "recall"]

KEPT = 1000  # requests whose entries are remembered: closures are compiled again and again


@dataclass(frozen=True)
class Compiled:
    """Derivative functions, loaded, and what they were written for."""

    functions: dict[str, Callable[..., Any]]
    text: str
    path: Path
    captures: tuple[Capture, ...]
    guards: tuple[Guard, ...]
    result_kind: Kind
    parameters: tuple[str, ...]
    uses: Uses = Uses()
    at_once: bool = True  # a batch: all lanes together, rather than one after the other

    @property
    def entry(self) -> Callable[..., Any]:
        """The derivative function (grad, value_and_grad, jvp)."""
        return next(iter(self.functions.values()))

    @property
    def forward(self) -> Callable[..., Any]:
        """The forward sweep of a vjp."""
        return next(iter(self.functions.values()))

    @property
    def backward(self) -> Callable[..., Any]:
        """The backward sweep of a vjp."""
        return list(self.functions.values())[1]


@dataclass
class Counters:
    """How many derivatives this process has generated, and how many it found written."""

    generated: int = 0
    recalled: int = 0


counters = Counters()


@dataclass(frozen=True, eq=False)
class Request:
    """A derivative that is asked for."""

    function: types.FunctionType
    transform: str
    wrt: tuple[int, ...]
    kinds: tuple[Kind, ...]
    has_aux: bool
    integers: tuple[int, ...] = ()  # the parameters in which integers count as reals
    axes: Any = None  # of lanes, for "vmap"

    @functools.cached_property
    def key(self) -> str:
        """A digest of all that is known before anything is generated."""
        code = self.function.__code__
        describe = Description()
        return cache.digest(
            *writer(),
            text_of(self.function),
            json.dumps(describe.of_function(self.function)),
            f"{base_name(code.co_filename)}:{code.co_firstlineno}",
            json.dumps([describe.of_kind(kind) for kind in self.kinds]),
            json.dumps([self.transform, self.wrt, self.has_aux, self.integers, switching.is_on()]),
            repr(self.axes),
            json.dumps(own_rules(describe)),
        )


@functools.cache
def writer() -> tuple[str, ...]:
    """Identify what writes the text: this package's own sources, and what it builds on."""
    package = Path(__file__).parent
    files = sorted(package.rglob("*.py"))
    sources = [part for f in files for part in (f.relative_to(package).as_posix(), f.read_bytes())]
    others = [importlib.metadata.version(name) for name in ("gast", "astor")]
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (cache.digest(*sources), np.__version__, python, *others)


_ours: dict[int, Rule] = {}  # the rules that came with this package, by identity


def own_rules(describe: Description) -> list[Any]:
    """Describe the rules that users have registered."""
    found = []
    for function, rule in RULES.items():
        if id(rule) in _ours:
            continue
        parts = (*rule.actions, rule.tangent, rule.adjoint, rule.parts, rule.form)
        parts += (rule.kind, rule.flat)
        if all(is_ours(part) for part in parts):
            _ours[id(rule)] = rule
        else:
            found.append([describe.of(function), *(describe.of(part) for part in parts)])
    return found


def is_ours(template: Any) -> bool:
    return template is None or template.__module__.startswith("srcxform.")


# Writing


def publish(
    request: Request, ctx: Context, code: Read, nodes: list[Node], at_once: bool = True
) -> Compiled:
    """Print the functions as a module, put it on disk with what it depends on, import it."""
    externals = ctx.program.externals
    captures, guards = needed(nodes, externals)
    for name, text in docstrings(request, ctx, code, nodes).items():
        line = gast.Expr(value=gast.Constant(value=text, kind=None))
        next(node for node in nodes if node.name == name).body.insert(0, line)
    what = {"vmap": "Batched", "jit": "Native"}.get(request.transform, "Derivative of")
    header = f"{what} `{code.name}`, written by srcxform."
    text = module_text(nodes, used_imports(nodes, externals), header)
    mentioned = [guard for dotted, guard in externals.written.items() if dotted in text]
    names = [node.name for node in nodes]
    made = Compiled(
        {}, text, Path(), tuple(captures), (*guards, *mentioned),
        ctx.program.result, code.parameters,
        uses_of(ctx.program, ctx.storage, request.integers), at_once,
    )  # fmt: skip
    lines = lines_of(nodes, text)
    manifest = None if externals.lost else manifest_of(request, made, names, externals.reads)
    if manifest is not None:
        manifest["lines"] = packed(lines)
    key = cache.digest(text) if manifest is None else request.key
    path = stored(key, manifest or {"name": names[0]}, text)
    if manifest is not None and path.is_file():
        remember(request.key, cache.Entry(path, text, manifest))
    functions = loaded(text, path, names)
    note_lines(path, lines)
    return replace(made, functions=functions, path=path)


def stored(key: str, manifest: dict[str, Any], text: str) -> Path:
    """Put a module on disk; where nothing at all can be written, it lives in memory."""
    try:
        return cache.store(key, manifest, text)
    except OSError:
        return Path(f"<srcxform {manifest['name']} {key[:16]}>")


def loaded(text: str, path: Path, names: Iterable[str]) -> dict[str, Callable[..., Any]]:
    module = load(text, path, {})
    return {name: getattr(module, name) for name in names}


def used_imports(nodes: list[Node], externals: Externals) -> list[str]:
    """Give the import lines that the text needs."""
    used = {n.id for node in nodes for n in walk(node) if isinstance(n, gast.Name)}
    return [line for name, line in externals.imports.items() if name.split(".")[0] in used]


def needed(nodes: list[Node], externals: Externals) -> tuple[list[Capture], list[Guard]]:
    """Drop captured values that no function reads and that are known exactly; guard these."""
    captured = [c.name for c in externals.captures.values()]
    count = len(captured)
    takers = {n.name for n in nodes if [a.id for a in n.args.args][-count:] == captured}
    read = set()
    for node in nodes:
        handed_on = {
            id(arg)
            for call in walk(node)
            if isinstance(call, gast.Call) and getattr(call.func, "id", None) in takers
            for arg in call.args[-count:]
        }
        for name in walk(node):
            if isinstance(name, gast.Name) and isinstance(name.ctx, gast.Load):
                if id(name) not in handed_on:
                    read.add(name.id)
    captures: list[Capture] = []
    guards = dict(externals.guards)
    dropped = set()
    for key, capture in externals.captures.items():
        if capture.name in read or not isinstance(capture.kind, Const):
            captures.append(capture)
        else:
            dropped.add(capture.name)
            guards.setdefault(key, Guard(capture.fetch, capture.kind.value, capture.path))
    for node in nodes if dropped else ():
        if node.name in takers:
            node.args.args = [arg for arg in node.args.args if arg.id not in dropped]
        for call in walk(node):
            if isinstance(call, gast.Call) and getattr(call.func, "id", None) in takers:
                last = [arg for arg in call.args[-count:] if arg.id not in dropped]
                call.args = [*call.args[:-count], *last]
    return captures, list(guards.values())


def docstrings(request: Request, ctx: Context, code: Read, nodes: list[Node]) -> dict[str, str]:
    """Say what each function computes."""
    wrt = [code.parameters[k] for k in request.wrt]
    said = {"grad": "Gradient", "value_and_grad": "Value and gradient", "jvp": "Tangent"}
    if request.transform == "vmap":
        found = {nodes[0].name: f"`{code.name}`{home_of(code)} for a batch of arguments."}
    elif request.transform == "jit":
        found = {nodes[0].name: f"`{code.name}`{home_of(code)}, to be compiled."}
    elif request.transform == "itself":
        found = {nodes[0].name: said_by(request.function)}
    elif request.transform == "vjp":
        found = sweeps_said(nodes[0].name, nodes[1].name, code, wrt)
    else:
        found = {nodes[0].name: sentence(said[request.transform], code, wrt)}
    for callee, mode, mask in ctx.requests.waiting if ctx.requests else ():
        name = ctx.requests.ask(callee, mode, mask)
        active = [p for p, on in zip(callee.given, mask, strict=True) if on]
        if mode == "jvp":
            found[name] = sentence("Tangent", callee.read, active)
        else:
            back = ctx.requests.backward_name(callee, mask)
            found.update(sweeps_said(name, back, callee.read, active))
    return found


def said_by(function: Any) -> str:
    return inspect.getdoc(function) or f"`{function.__name__}`."


def sweeps_said(forward: str, backward: str, code: Read, wrt: list[str]) -> dict[str, str]:
    return {
        forward: sentence("Forward sweep", code, wrt),
        backward: sentence("Backward sweep", code, wrt),
    }


def sentence(what: str, code: Read, wrt: list[str]) -> str:
    names = ", ".join(f"`{name}`" for name in wrt)
    return f"{what} of `{code.name}`{home_of(code)} with respect to {names}."


def home_of(code: Read) -> str:
    """Tell where a function is written, if a user wrote it."""
    home = getattr(code.function, "__module__", None) or ""
    generated = home == "srcxform_glue" or home.startswith("srcxform_generated.")
    if base_name(code.file) and not generated:
        return f" ({base_name(code.file)}:{code.line})"
    return ""


# The manifest: what an entry depends on, and what a process needs beside the text


def manifest_of(
    request: Request, made: Compiled, names: list[str], reads: Iterable[Steps]
) -> dict[str, Any] | None:
    """Describe what a module depends on; None if that cannot be found again."""
    reader = Reader(request.function, request.kinds)
    captures = {capture.path: capture for capture in made.captures}
    guards = {guard.path: guard.value for guard in made.guards}
    rows = []
    try:
        for path in dict.fromkeys(((), *reads, *captures, *guards)):
            if path is None:
                return None
            reading, found = reader.look_for(path, made.text, path in guards)
            if path in guards and not is_same(found.value, guards[path]):
                return None  # changed meanwhile
            capture = captures.get(path)
            if capture is not None and kind_of(found.value, capture.name) != capture.kind:
                return None
            role = "guard" if path in guards else "read"
            rows.append([list(path), reading.digest, reading.holder, reading.placed, role])
        result = encode(made.result_kind, importable_name)
    except (Unreachable, Undecodable):
        return None
    return {
        "name": names[0],
        "functions": names,
        "parameters": list(made.parameters),
        "captures": [[capture.name, list(capture.path or ())] for capture in made.captures],
        "reads": rows,
        "result": result,
        "uses": [made.uses.counted, made.uses.unmoved, made.uses.written],
        "at_once": made.at_once,
    }


def importable_name(value: Any) -> list[str]:
    """Give module and name of a class or function. Raises Undecodable if they do not lead to it."""
    home, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    described = [str(home), str(name)]
    if named_object(described) is not value:
        raise Undecodable(f"no global object: {value!r}")
    return described


def named_object(described: Any) -> Any:
    home, name = described
    found: Any = sys.modules.get(home)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def object_named(described: Any) -> Any:
    found = named_object(described)
    if found is None:
        raise Undecodable(f"no object {described!r}")
    return found


# Reading


_remembered: dict[tuple[Path, str], list[cache.Entry]] = {}  # by folder and key


def remember(key: str, entry: cache.Entry) -> None:
    if len(_remembered) > KEPT:
        _remembered.clear()
    _remembered.setdefault((cache.folder(), key), []).insert(0, entry)


def recall(request: Request) -> Compiled | None:
    """Find a module that was written for this request, while all that it depends on is as it was.

    Gives None if there is none.
    """
    for entry in _remembered.get((cache.folder(), request.key), ()):
        found = revived(request, entry) if entry.path.is_file() else None
        if found is not None:
            return found
    for entry in cache.entries(request.key):
        found = revived(request, entry)
        if found is not None:
            remember(request.key, entry)
            return found
    return None


def revived(request: Request, entry: cache.Entry) -> Compiled | None:
    """Make of an entry what publishing it gave; None if it is for other surroundings."""
    manifest = entry.manifest
    reader = Reader(request.function, request.kinds)
    found: dict[Steps, Found] = {}
    guards = []
    try:
        for steps, digest, holder, placed, role in manifest["reads"]:
            path = tuple(steps)
            reading, found[path] = reader.look(path, placed, role == "guard")
            if reading != Reading(path, digest, holder, placed):
                return None
            if role == "guard":
                guards.append(Guard(found[path].fetch, found[path].value, path))
        captures = []
        for name, steps in manifest["captures"]:
            there = found[tuple(steps)]
            kind = kind_of(there.value, name)
            captures.append(Capture(name, there.fetch, tuple(steps), kind))
        result = decode(manifest["result"], object_named)
        functions = loaded(entry.text, entry.path, manifest["functions"])
        parameters = tuple(manifest["parameters"])
        uses = Uses(*map(tuple, manifest["uses"]))
        note_lines(entry.path, unpacked(manifest["lines"]))
        at_once = bool(manifest["at_once"])
    except (Unreachable, Undecodable, ImportError):
        return None
    except (LookupError, AttributeError, TypeError, ValueError):  # a manifest of another kind
        return None
    return Compiled(
        functions, entry.text, entry.path, tuple(captures), tuple(guards), result, parameters, uses,
        at_once,
    )  # fmt: skip
