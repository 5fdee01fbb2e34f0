"""`break`, `continue`, `else` of loops, alone and in nests."""

import numpy as np

from . import example, normal, positive


@example(normal(1, 8))
def skip_negative(v):
    """`continue` skips entries."""
    total = 0.0
    for x in v:
        if x < 0.0:
            continue
        total = total + x**3
    return total


@example(positive(2, 8), 3.0, wrt=(0, 1))
@example(positive(2, 8), 300.0, wrt=(0, 1), name="unbroken")
def stop_at_budget(costs, budget):
    """`break` leaves with a value half accumulated."""
    total = 0.0
    for c in costs:
        if total + c > budget:
            break
        total += c * (1.0 + 0.1 * total)
    return total * np.log(budget)


@example(normal(3, 6), 2.5, name="broken", wrt=(0, 1))
@example(normal(3, 6), 99.0, name="unbroken", wrt=(0, 1))
def else_of_for(v, bound):
    """The `else` of a loop runs only if no `break` did."""
    total = 0.0
    for x in v:
        total += x * x
        if total > bound:
            result = total - bound
            break
    else:
        result = total * 0.01 * bound
    return result * result


@example(1.9, 3, name="broken")
@example(1.9, 30, name="unbroken")
def else_of_while(x, limit):
    n = 0
    while x > 1.1:
        x = np.sqrt(x) + 0.01
        n += 1
        if n == limit:
            break
    else:
        x = x * x * x
    return x + n


@example(normal(4, 4, 5))
def break_inner(a):
    """The inner loop breaks, the outer goes on."""
    total = 0.0
    for row in a:
        partial = 1.0
        for x in row:
            if x > 0.9:
                break
            partial = partial * (1.0 + x * x)
        total += partial
    return total


@example(normal(5, 4, 4), 1.1, wrt=(0, 1))
def break_both(a, bound):
    """A break in the inner loop is passed on by a flag."""
    total = 0.0
    done = False
    for i in range(4):
        for j in range(4):
            if i == j:
                continue
            total = total * 0.7 + a[i, j] ** 2
            if total > bound:
                done = True
                break
        if done:
            break
    return total / bound


@example(normal(6, 3, 5))
def continue_outer_by_else(a):
    """`else: continue` and `break`: the usual way out of two loops."""
    total = 0.0
    for row in a:
        for x in row:
            if x > 1.5:
                total = total + np.sin(x)
                break
        else:
            total = total + row[0] * row[1]
            continue
        total = total * 2.0
        break
    return total


@example(0.8, 7)
def continue_in_while(x, n):
    i = 0
    y = x
    while i < n:
        i += 1
        if i % 3 == 0:
            continue
        y = y + np.cos(y * i)
    return y


@example(positive(7, 6))
def several_exits(v):
    """Two breaks and a continue in one loop; the value depends on which was taken."""
    total = 1.0
    for k, x in enumerate(v):
        if x > 1.45:
            total = total * x
            break
        if x < 0.55:
            total = total - x
            continue
        total = total + x * x
        if total > 4.0:
            total = np.log(total)
            break
    return total * (k + 1)


@example(normal(8, 5))
def break_after_write(v):
    """An array written before the jump, read after the loop."""
    out = np.zeros(5)
    for i in range(5):
        out[i] = v[i] * v[i]
        if out[i] > 1.5:
            out[i] = 1.5 * v[i]
            break
        out[i] += 1.0
    return np.sum(out * v)


@example(0.3, 4)
def loop_with_immediate_break(x, n):
    """A loop used as a block that can be left."""
    y = x
    while True:
        y = y * x
        if n > 10:
            break
        y = y + 1.0
        if n > 2:
            y = np.exp(y)
            break
        y = 0.0 * y
        break
    return y


@example(normal(9, 4), [0, 2, 9, 1])
def skip_bad_indices(v, indices):
    """A jump depends on data that is not differentiated."""
    product = 1.0
    for i in indices:
        if i >= len(v):
            continue
        product *= v[i] + 2.0
    else:
        product += v[3]
    return product


@example(np.array([0.4, 1.1, 2.5, 0.3]))
@example(np.array([0.4, 1.1, 0.9, 0.3]), name="to the end")
def value_of_the_turn_before(v):
    """The loop is left after one of two names was bound anew."""
    for entry in v:
        a = np.exp(entry)
        if a.real > 5.0:
            break
        y = a * a
    return np.sin(y) * np.sin(a)


@example(np.array([0.4, 1.1, -0.5]), 1)
def inner_loop_that_does_not_run(v, count):
    """What the inner loop binds is from an earlier turn where it does not run."""
    total = 0.0
    for k in range(3):
        b = np.exp(v[k])
        for _ in range(abs(count - k)):
            y = b * b
        total = total + np.sin(y) * b
    return total


@example(1.0, 0.7)
def early_return_three_loops_deep(x, y):
    """Which way each turn took must last until the reverse of the reverse."""
    for i in range(3):
        for j in range(3):
            x = x * 1.3
            if x > 2.0:
                for k in range(2):
                    if k * x > 3.0:
                        return y**3 * x
        y = 1.1 * y
    return y * x * x


@example(1.0)
def number_changed_where_no_return_came(x):
    for _ in range(3):
        for _ in range(3):
            if x > 2.0:
                for k in range(2):
                    if k * x > 1.0:
                        return x**3
            else:
                x = 1.1 * x
        x = 1.1 * x
    return x * x
