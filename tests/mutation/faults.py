"""The faults: what is wrong, and a piece of the compiler's source with what replaces it.

A piece stands exactly once in the package; in which file does not matter. `test_faults.py` holds
the list to that, so that it stays true when the compiler changes. To mend an entry, find what the
line has become, or plant the same mistake in what took its place.
"""

from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "srcxform"


@dataclass(frozen=True)
class Fault:
    """A mistake that somebody could make."""

    what: str
    old: str
    new: str

    def files(self, package: Path = PACKAGE) -> list[Path]:
        """The files that hold the piece, once for each time that they hold it."""
        return [
            path
            for path in sorted(package.rglob("*.py"))
            for _ in range(path.read_text(encoding="utf-8").count(self.old))
        ]

    def plant(self, package: Path) -> Path:
        """Put the mistake into a copy of the package."""
        (path,) = self.files(package)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
        return path


FAULTS = (
    # --- what the backward sweep reads
    Fault(
        "nothing is saved before it is overwritten",
        "if other is None:\n                noted(plan.before, step, name)",
        "if other is None:\n                pass",
    ),
    Fault(
        "values made anew in each turn are not saved",
        "noted(plan.turn, loop, name)",
        "pass",
    ),
    Fault(
        "what a loop without backward part overwrites is not saved",
        "for name in sorted(bound & demanded):\n                noted(plan.before, loop, name)",
        "for name in sorted(bound & demanded):\n                pass",
    ),
    Fault(
        "values are restored before they are used, not after",
        "return [*saves, *forward], [*first, *again, *backward, *rest]",
        "return [*saves, *forward], [*first, *again, *rest, *backward]",
    ),
    Fault(
        "several values are restored in the order in which they were saved",
        "pieces.append([self.restore(name) for name in reversed(names)])",
        "pieces.insert(0, [self.restore(name) for name in reversed(names)])",
    ),
    Fault(
        "values are saved after the statement that overwrites them",
        "return [*saves, *forward], [*first",
        "return [*forward, *saves], [*first",
    ),
    Fault(
        "a demand from behind a branch is lost",
        "demanded |= self.reads(step)\n                case Loop",
        "pass\n                case Loop",
    ),
    Fault(
        "the demands of a later turn are forgotten",
        "new = entering | (end - local - own)",
        "new = entering",
    ),
    Fault(
        "storage that changes is not copied for the backward sweep",
        "wanted = sorted(content_reads(ctx, step.backward) & changed)",
        "wanted: list[str] = []",
    ),
    Fault(
        "a copy of storage that a statement makes is made before it",
        "            if name in defines(step):\n                step.forward",
        "            if False:\n                step.forward",
    ),
    Fault(
        "a value is computed again though its operands have changed",
        "return not any(defines(step) & operands for step in between)",
        "return True",
    ),
    Fault(
        "a value of a loop's turn is computed again outside of it",
        "if around and not any(around[-1] is loop for loop in self.order.loops(reader)):",
        "if False:",
    ),
    Fault(
        "what changing storage holds is computed again from it",
        "and (not self.is_changed(base) or self.is_there_still(name))",
        "",
    ),
    Fault(
        "a test is asked again though a loop changes what it reads",
        "between += [loop, *flat(loop.body)]",
        "pass",
    ),
    Fault(
        "a test is asked again though storage that it reads has changed",
        "and kind.rank == len(indices)\n                    and not self.is_changed(base)",
        "and kind.rank == len(indices)",
    ),
    Fault(
        "a test is asked again though its branches change what it reads",
        "between += flat([reader])",
        "pass",
    ),
    Fault(
        "what a last turn saves before it leaves is not taken back",
        "    count_what_saves(exits, saver)\n",
        "",
    ),
    # --- the order of the backward sweep
    Fault(
        "statements are undone from the first to the last",
        "for piece in reversed(pieces) for line in piece",
        "for piece in pieces for line in piece",
    ),
    Fault(
        "loops run backward in the order of the program",
        'return build.call("reversed", header)',
        "return header",
    ),
    Fault(
        "a loop left by break is undone for all its turns",
        "counted = not is_for or leaves_early(node.body)",
        "counted = not is_for",
    ),
    Fault(
        "what a loop runs over is read again though the loop changes it",
        "if is_for and lengths is None and changes(sweep, header, node):",
        "if False:",
    ),
    Fault(
        "the keys of a dict are cut before they are listed",
        "if is_iterator(sweep, over) or (keys and trips):",
        "if is_iterator(sweep, over):",
    ),
    Fault(
        "a loop that is left by break in an inner branch counts as not left",
        "and (leaves_early(s.body) or leaves_early(s.orelse))",
        "and leaves_early(s.body) and leaves_early(s.orelse)",
    ),
    Fault(
        "the branches are swapped in the backward sweep",
        "build.branch(clone(step.test), body_back, orelse_back)",
        "build.branch(clone(step.test), orelse_back, body_back)",
    ),
    # --- cotangents
    Fault(
        "the second contribution replaces the first",
        "total = build.binary(build.load(bar), gast.Add(), build.load(part := self.part(bar)))",
        "total = build.load(part := self.part(bar))",
    ),
    Fault(
        "a cotangent survives the statement that binds its name",
        "for key in self.keys(name):\n                self.status.present.pop(key, None)",
        "pass",
    ),
    Fault(
        "a branch that lacks a cotangent does not set it to zero",
        "steps.insert(0, Simple([], zero, zeros=True))",
        "pass",
    ),
    Fault(
        "the second branch goes on with the cotangents of the first",
        "sweep.bars.status = sweep.bars.status, before.copy()",
        "sweep.bars.status = sweep.bars.status, sweep.bars.status",
    ),
    Fault(
        "what a branch contributed is forgotten behind it",
        "    sweep.bars.status = merged\n",
        "    sweep.bars.status = before\n",
    ),
    Fault(
        "a cotangent that a turn used up is not set to zero for the next",
        "        if key not in end:\n            closing +=",
        "        if key not in end:\n            _ =",
    ),
    Fault(
        "cotangents that a loop adds to are not set to zero before it",
        "opening += sweep.ctx.expand([build.assign(bar, sweep.bars.zero(key))], node.place)",
        "pass",
    ),
    Fault(
        "a loop's cotangents are not followed until nothing changes",
        "        if new == carried:\n            break\n        carried = new",
        "        carried = new\n        break",
    ),
    Fault(
        "an array that belongs to another name is added to in place",
        "        self.status.present[key] = True\n"
        "        return [build.assign(bar, self.ctx.program.externals.copied(bar))]",
        "        self.status.present[key] = True\n        return []",
    ),
    Fault(
        "any expression counts as a new array",
        "    if isinstance(value, (*FRESH, gast.Constant)):\n        return True",
        "    return True",
    ),
    Fault(
        "repeated indices are added in place, so that only the last one counts",
        "return in_any(parts) is not False\n    return names_positions(index) is not False and",
        "return False\n    return False and",
    ),
    Fault(
        "a tuple inside an index is taken for a view",
        "case Array() | Items() | Many() | Cell() | Opaque(type=builtins.range):",
        'case Array() | Items(type="list") | Many(type="list"):',
    ),
    Fault(
        "an item's cotangent replaces that of the whole",
        "added = build.augment(target, op or gast.Add(), value)",
        "added = build.assign(target, value)",
    ),
    Fault(
        "a cotangent goes to the neighbour in a tuple",
        "step = part_of(sweep, name, source.id, place, node)",
        "step = part_of(sweep, name, source.id, 0, node)",
    ),
    Fault(
        "the cotangent of a broadcast operand keeps the shape of the result",
        "term = build.call(build.const(unbroadcast), build.load(part), like=build.load(value.id))",
        "term = build.load(part)",
    ),
    Fault(
        "only the first operand of a function gets a cotangent",
        "    for parameter, action in zip(rule.wrt, rule.actions, strict=True):\n"
        "        value = given.get(parameter)\n"
        "        if not sweep.ctx.is_active(value):\n            continue",
        "    for parameter, action in zip(rule.wrt[:1], rule.actions[:1], strict=True):\n"
        "        value = given.get(parameter)\n"
        "        if not sweep.ctx.is_active(value):\n            continue",
    ),
    # --- storage written in place
    Fault(
        "a stored value's place in the shadow is not cleared",
        "backward += [clear, *sweep.bars.contribute(value.id, fitted)]",
        "backward += sweep.bars.contribute(value.id, fitted)",
    ),
    Fault(
        "the shadow is cleared before it is read",
        "backward += sweep.ctx.expand([build.assign(part, taken)], None)\n        fitted",
        "backward = [build.assign(build.item_store(clone(shadow), clone(target.slice)),"
        " build.const(0.0))]\n"
        "        backward += sweep.ctx.expand([build.assign(part, taken)], None)\n        fitted",
    ),
    Fault(
        "a constant stored in place leaves the shadow as it was",
        "            build.assign(build.item_store(shadow, clone(target.slice)),"
        " build.const(0.0))\n        )",
        "            build.assign(part := build.store('_'), build.const(0.0))\n        )",
    ),
    Fault(
        "`x[i] -= v` contributes with the wrong sign",
        "if isinstance(operator, gast.Sub):\n        shadow = build.negate(shadow)",
        "pass",
    ),
    Fault(
        "what takes over a shadow's part is a view of it",
        "            taken = sweep.ctx.program.externals.copied(taken)",
        "            pass",
    ),
    Fault(
        "of values stored at one position all have a cotangent",
        "        if may_repeat(sweep.ctx, target.slice, index_kind):\n            last =",
        "        if False:\n            last =",
    ),
    Fault(
        "a view is not linked to what it looks at",
        "    if found.view:\n        first =",
        "    if False:\n        first =",
    ),
    Fault(
        "a call that is told not to copy counts as a copy",
        'views(np.array, "maybe", only_if=lambda given: given.get("copy", True) is not True)\n',
        "",
    ),
    Fault(
        "an item without axes counts as a number even if it is a view",
        "if dims or whole else Number(base.cls)",
        "if dims else Number(base.cls)",
    ),
    Fault(
        "the rows of an array in a list are not linked to the array",
        "elif kind.rank != 1:  # the rows of an array are views",
        "elif False:",
    ),
    Fault(
        "the parts of a split are not linked to the array",
        "mine = facts.item(mine, ANY)\n            unite(mine, facts.storage(first.id))",
        "return\n            unite(mine, facts.storage(first.id))",
    ),
    Fault(
        "a read-only view counts as a copy, whatever is written behind it",
        "found = frozenset(name for name in taken if stands(",
        "found = frozenset(name for name in taken if True or stands(",
    ),
    Fault(
        "a tangent known in one branch is known in the other",
        "        self.ctx.settle_on(self.dots_of(node))\n        return build.branch",
        "        return build.branch",
    ),
    Fault(
        "a cotangent known before a loop is known in later turns",
        "        settle_on(sweep, carried)\n        saved =",
        "        saved =",
    ),
    Fault(
        "a part of an array is not linked to the array",
        "    if isinstance(kind, Array):\n"
        "        unite(facts.storage(name), facts.storage(source))\n        return",
        "    if isinstance(kind, Array):\n        return",
    ),
    Fault(
        "a second name is not linked to the first",
        "case op.Copy(source=gast.Name(id=source)):\n"
        "            unite(facts.storage(name), facts.storage(source))",
        "case op.Copy(source=gast.Name(id=source)):\n            pass",
    ),
    Fault(
        "what is stored in a list is not linked to it",
        "            unite(held, facts.storage(value.id))",
        "            pass",
    ),
    Fault(
        "an augmented assignment does not count as a write",
        "case gast.AugAssign(target=gast.Subscript(value=base)):\n"
        "                facts.storage(base.id).changed = True",
        "case gast.AugAssign(target=gast.Subscript(value=base)):\n                pass",
    ),
    Fault(
        "the parts that a tuple is unpacked into are not linked to it",
        "link_item(facts, target.id, source, position)",
        "pass",
    ),
    Fault(
        "united classes forget that one of them was written",
        "left.changed |= right.changed",
        "pass",
    ),
    Fault(
        "the arguments' tangents are written over",
        "if name in self.ctx.active and self.ctx.storage.changes_within(name):",
        "if False:",
    ),
    Fault(
        "a second call of the pullback goes on where the first one ended",
        "return copies[0] if len(copies) == 1 else copies",
        "return parts[0] if len(parts) == 1 else parts",
    ),
    Fault(
        "what the forward sweep saved is used up by the first call",
        'lines += [build.assign(n, build.method(n, "copy")) for n in lists]',
        "",
    ),
    Fault(
        "an appended value's cotangent stays in the shadow",
        '    popped = build.method(shadow(sweep, found), "pop")\n    if is_dense',
        "    popped = build.item(shadow(sweep, found), build.const(-1))\n    if is_dense",
    ),
    Fault(
        "a value taken from a list gives nothing back",
        "            back = sweep.bars.value(name)\n"
        "            sweep.bars.consume(name)\n    if by_key",
        "            sweep.bars.consume(name)\n    if by_key",
    ),
    # --- activity
    Fault(
        "what a rule gives depends on its first operand only",
        "through = [*operands(rule, given), *unruled(rule, given).values()]",
        "through = [*operands(rule, given)[:1], *unruled(rule, given).values()]",
    ),
    Fault(
        "an argument of which a rule says nothing passes nothing",
        "through = [*operands(rule, given), *unruled(rule, given).values()]",
        "through = operands(rule, given)",
    ),
    Fault(
        "what shares storage with something useful is not useful itself",
        "                waiting += sharing.get(id(part), [])",
        "                pass",
    ),
    Fault(
        "what goes into a list is of no use, though the list is",
        "            flows.append((base, load_list(value)))\n        case op.AddAt",
        "            pass\n        case op.AddAt",
    ),
    Fault(
        "a name counts as bound once though an argument had it before",
        "    counts.update(name for name in live_before(block, set()) if counts[name])",
        "    pass",
    ),
    Fault(
        "a write into an array does not make it active",
        "if is_active(value, active) and not (kept and is_attribute(statement)):",
        "if False:",
    ),
    Fault(
        "an augmented write does not make an array active",
        "                if is_active(value, active):\n"
        "                    reach(base.id, active, facts)\n"
        '            case gast.Expr(value=gast.Call(func=gast.Attribute(attr="at")',
        "                pass\n"
        '            case gast.Expr(value=gast.Call(func=gast.Attribute(attr="at")',
    ),
    Fault(
        "activity is not followed around loops",
        "if (len(active), len(facts.texts), count_marks(facts)) == before:",
        "if True:",
    ),
    Fault(
        "what a tuple is unpacked into is inactive",
        "                    for target in targets:\n"
        "                        add(target.id, active, facts)",
        "                    pass",
    ),
    Fault(
        "what is taken out of a container is inactive",
        "case op.Item(base=base) | op.Field(base=base):\n"
        "            return is_active(base, active)",
        "case op.Item(base=base) | op.Field(base=base):\n            return False",
    ),
    Fault(
        "a container is as active as its first item",
        "return any(is_active(item, active) for item in items)",
        "return any(is_active(item, active) for item in items[:1])",
    ),
    # --- forward mode
    Fault(
        "forward mode adds up the terms of all operands but the last",
        "for holder in holders[1:]:",
        "for holder in holders[1:-1]:",
    ),
    Fault(
        "tangents are computed after the values that they read have changed",
        "return [node, *lines] if reads_out else [*lines, node]",
        "return [node, *lines]",
    ),
    Fault(
        "a tangent shares storage with another one",
        "line = build.assign(last.targets[0], copied)",
        "line = build.assign(last.targets[0], given)",
    ),
    Fault(
        "forward mode stores no tangents",
        "return [build.assign(new, self.dot(value))], False",
        "return [], False",
    ),
    # --- rules
    Fault(
        "the derivative of a product takes the wrong factor",
        "lambda y, g: g * y, lambda x, g: x * g",
        "lambda y, g: g * y, lambda x, g: g",
    ),
    Fault(
        "the cosine's derivative has the wrong sign",
        "elementwise(np.cos, lambda x, g: -g * np.sin(x))",
        "elementwise(np.cos, lambda x, g: g * np.sin(x))",
    ),
    Fault(
        "a maximum's cotangent goes to the smaller one",
        "elementwise(np.maximum, lambda x, y, g: g * exceeds(x, y),",
        "elementwise(np.maximum, lambda x, y, g: g * exceeds(y, x),",
    ),
    # --- normalise
    Fault(
        "what follows an exit runs in spite of it",
        "return build.at(statement.place, [build.branch(test, route(rest, exits, tail))])",
        "return route(rest, exits, tail)",
    ),
    Fault(
        "`continue` leaves the loop",
        "return [node] if isinstance(node, gast.Break) else []",
        "return [gast.Break()]",
    ),
    Fault("a loop's else runs after a break, too", "if not breaks(body):", "if True:"),
    Fault(
        "`a, b = b, a` assigns one after the other",
        "if isinstance(atom, gast.Name) and (atom.id in written_before or later):",
        "if False:",
    ),
    Fault(
        "`or` takes what `and` takes",
        "if isinstance(node.op, gast.Or):",
        "if isinstance(node.op, gast.And):",
    ),
    # --- specialise
    # --- optimise
    Fault(
        "a copy is read after the original has changed",
        "            forget(known, stores(line))\n            note(line, known, signs)",
        "            note(line, known, signs)",
    ),
    Fault(
        "the negative of an array is written out where the array has changed since",
        "{name} | mentioned(known[name]).loads",
        "mentioned(known[name]).loads",
    ),
    Fault(
        "what a loop reads in its next turn counts as dead",
        "            if inner <= head:\n                break\n            head |= inner",
        "            break",
    ),
    Fault(
        "a value is computed under its final name though that is read in between",
        "if name in stores(line) or name in loads(line) or source in stores(line):\n"
        "            return None",
        "pass",
    ),
    Fault(
        "a display is taken apart after its items were assigned again",
        "(content, known[name]) if isinstance(v, gast.Name)}\n"
        "        if name in bound or read & bound:",
        "(content, known[name]) if isinstance(v, gast.Name)}\n        if name in bound:",
    ),
    Fault(
        "what is taken apart is asked for again under the name that a part of it took over",
        ") if name in store_list(target):",
        ") if not name and name in store_list(target):",
    ),
    Fault(
        "an update that binds several names passes lines that read some of them",
        "if blocks(line) or stores(update) & set(all_names(line)):",
        "if blocks(line):",
    ),
    Fault(
        "a branch that leaves a name unbound raises before what raises first",
        "elif ends is None or (name, read) in self.late:",
        "elif ends is None:",
    ),
    Fault(
        "the shadow of a list is made whatever its class does",
        "if isinstance(value, base) and is_own(value, base):",
        "if not isinstance(value, base) and is_own(value, base):",
    ),
    Fault(
        "what is run to see whether it raises leaves the loop that it stands in",
        "[gast.Pass() if isinstance(s, gast.Break) else mapped(s, staying) for s in block]",
        "[mapped(s, staying) for s in block]",
    ),
    Fault(
        "what is run to see whether it raises copies names that are bound in it alone",
        "if bound is not None and node.value.id not in bound.maybe:\n            return []",
        "pass",
    ),
    Fault(
        "a write in a try within a try is not looked for",
        "yield from lines_in([*line.body, *(s for h in line.handlers for s in h.body)])",
        "pass",
    ),
    Fault(
        "what a recursion returns beside what it wrote is a copy of it",
        "if target and itself is not None:",
        "if False:",
    ),
    Fault(
        "a shadow under a second name is copied for the way back",
        "if name in shadows and source in shadows:",
        "if False:",
    ),
    Fault(
        "what a recursion gives back is its first argument, whatever it hands to itself",
        "return own and isinstance(given, gast.Name) and given.id in same",
        "return own",
    ),
    Fault(
        "what is spread is read behind what changes it",
        "if all(map(self.leaves_alone, later)):",
        "if True:",
    ),
    # --- runtime
)
