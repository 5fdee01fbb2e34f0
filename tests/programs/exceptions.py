"""`try`, `except`, `else`, `finally` and `raise`, with exceptions that depend on values."""

import contextlib
import logging
import math
import warnings

import numpy as np

from . import example, normal, positive

logger = logging.getLogger(__name__)


class OutOfRange(ValueError):
    """An error of the user's own, with a field."""

    def __init__(self, message, limit):
        super().__init__(message)
        self.limit = limit


def bounded_square(x, limit):
    if x > limit:
        raise OutOfRange(f"more than {limit}", limit)
    return x * x


@example(2.0, 3.0, wrt=(0, 1))
@example(2.0, 0.0, name="caught", analytic=False)
def divide_or_half(x, w):
    """The handler runs or not, by the value of an argument."""
    try:
        y = x / w
    except ZeroDivisionError:
        y = 0.5 * x
    return y * y


@example(1.7)
@example(0.4, name="raised")
def explicit_raise(x):
    """`raise` leads to the handler; `else` runs where nothing was raised."""
    try:
        if x < 1.0:
            raise ValueError("small")
        y = x * x
    except ValueError as error:
        if "small" not in str(error):
            raise
        y = x**3
    else:
        y = y + 1.0
    return np.sin(y)


@example(2.5, analytic=False)
def half_assigned(x):
    """What the body assigned before it raised is read afterwards."""
    total = 0.0
    for k in range(5):
        try:
            total = total + x * k
            total = total + math.log(x - k)
        except ValueError:
            total = total * x
            continue
        total = total + 1.0
    return total


@example(1.5)
@example(3.5, name="middle")
@example(4.5, name="caught")
def raised_in_callee(x):
    """A function raises, its caller catches, in a loop left by `continue`."""
    total = 0.0
    for limit in (1.0, 2.0, 4.0):
        try:
            total = total + bounded_square(x, limit)
        except OutOfRange as error:
            if error.limit > 1.5:
                total = total + x * error.limit
            continue
        except Exception:
            total = 0.0
        total = total + np.sin(x)
    return total * x


@example(1.3)
@example(2.6, name="overflow")
def nested_tries(x):
    """The inner `try` lets through what the outer one takes; `finally` runs on all ways."""
    steps = 0.0
    try:
        try:
            if x > 2.0:
                raise OverflowError("big")
            y = np.exp(x) * x
        except KeyError:
            y = 0.0
        finally:
            steps = steps + x
        y = y / (x - 5.5)
    except OverflowError:
        y = x**4
    except ZeroDivisionError:
        y = x**5
    return y + steps


@example(normal(1, 3))
@example(normal(2, 5), name="longer")
def write_until_full(v):
    """An array written in place up to the exception."""
    out = np.zeros(4)
    for k in range(6):
        try:
            out[k] = v[k] ** 2 + 1.0
        except IndexError:
            break
    return np.sum(out * out) * v[0]


@example(normal(3, 4))
def decided_by_kind(v):
    """What surely raises leads to its handler while compiling."""
    try:
        n = len(v[0])
    except TypeError:
        n = 3
    table = {"a": v}
    try:
        w = table["b"]
    except KeyError:
        w = table["a"] * 2.0
    try:
        rows, columns = w.shape
    except ValueError:
        rows, columns = w.shape[0], 2
    try:
        w.unheard_of()
    except AttributeError:
        pass
    try:
        scale = float("much")
    except ValueError:
        scale = 0.5
    return np.sum(w**2) * n * columns * scale + rows


@example(1.2)
def optional_import(x):
    """`try` around an import inside the function."""
    try:
        import no_module_of_this_name as fast
    except ImportError:
        fast = None
    try:
        from math import no_function_of_this_name as special
    except ImportError:
        from math import hypot as special
    if fast is not None:
        return fast.compute(x)
    return x * special(3.0, 4.0) * x


@example(0.7)
@example(1.6, name="early")
def returns_inside(x):
    """`return` in the body, in a handler and behind."""
    s = x
    try:
        s = s * 2.0
        if s > 3.0:
            return s**3
        s = s / (1.0 - x)
    except ZeroDivisionError:
        return s * s * 3.0
    except Exception as error:
        raise RuntimeError("not this one") from error
    return s * s


@example(0.8)
@example(-0.4, name="raised")
def bare_except(x):
    """A bare `except` around the user's own guard."""
    try:
        assert x > 0.0, f"{x} is not positive"
        y = x**1.5
    except:  # noqa: E722
        y = x * x
    return y * 2.0


@example(1.3)
def suppressed(x):
    """`contextlib.suppress` leaves its body where it raises."""
    t = 1.0
    for k in range(4):
        with contextlib.suppress(ZeroDivisionError, ArithmeticError):
            t = t * x
            if k == 2:
                raise ZeroDivisionError
            t = t + x
    return t


@example(1.4, 2.0, wrt=(0, 1))
@example(1.4, 0.0, name="raised")
def floating_point_errors(x, w):
    """`np.errstate` turns what is no number into an exception."""
    try:
        with np.errstate(all="raise"):
            z = np.divide(x, w) * x
    except FloatingPointError:
        z = x**3
    return z * z


@example(positive(5, 4))
def final_loop(v):
    """`finally` in a loop with `continue` and `break`."""
    total = 0.0
    seen = 0
    for x in v:
        try:
            if x < 0.7:
                continue
            if seen > 2:
                break
            total += x * x
        finally:
            seen += 1
            total += 0.1 * x
    return total * seen


@example(2.2)
def while_with_retry(x):
    """A step is halved until it is accepted."""
    step = 4.0
    tries = 0
    while True:
        try:
            if x - step < 0.5:
                raise OutOfRange("too far", 0.5)
            y = (x - step) ** 2 + np.log(x - step)
            break
        except OutOfRange as error:
            step = step * error.limit
            tries += 1
    return y + tries * x


@example(1.1)
def quiet_warnings(x):
    """Warnings, logs and prints in the body of a `try`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            warnings.warn(f"value {x}", stacklevel=1)
            logger.debug("x is %s", x)
            y = x * x
        except ValueError:
            y = x
    return y * x


@example(positive(7, 4))
def numpy_settings(v):
    """`np.errstate` around logarithms."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(v)
        with np.printoptions(precision=3):
            w = v * logs
    return np.sum(w)


@example(0.6)
@example(-0.6, name="negative")
def handler_by_class(x):
    """Several handlers, a tuple of classes, `isinstance` of what was caught."""
    try:
        if x > 0.0:
            raise KeyError("a")
        raise IndexError(3)
    except (KeyError, IndexError) as error:
        y = x * x if isinstance(error, KeyError) else x**3
        y = y * len(error.args)
    return y


@example([0.5, 2.0], analytic=False)
def pops_until_empty(items):
    """A list used up by `pop`, left by an exception."""
    stack = list(items)
    total = 1.0
    while True:
        try:
            x = stack.pop()
        except IndexError:
            return total
        total = total * math.sin(x) + x


def folded(angle):
    """Written for arrays first and for numbers in the handler, as libraries do."""
    try:
        angle[angle > 2.0] = 4.0 - angle[angle > 2.0]
    except TypeError:
        if angle > 2.0:
            angle = 4.0 - angle
    return angle


@example(1.3)
@example(2.7, name="folded")
def numbers_in_the_handler(x):
    y = folded(x)
    try:
        return y.squeeze()[()] * y
    except AttributeError:
        return y * y


@example(positive(8, 3) + np.array([0.0, 1.5, 2.0]))
def arrays_in_the_body(v):
    w = folded(v * 1.0)
    try:
        if (np.abs(w) > 100.0).any():
            raise ValueError("too large")
    except AttributeError:
        if abs(w) > 100.0:
            raise ValueError("too large") from None
    return np.sum(w**2)


@example(0.7)
def unbound_in_the_first_turn(x):
    total = 0.0
    for _ in range(3):
        try:
            y = previous * x  # noqa: F821
        except Exception:
            y = x
        previous = 2.0 * y
        total += y
    return total


@example(0.7)
def unbound_so_far(x):
    try:
        y = later * x  # noqa: F821
    except Exception:
        y = x
    later = 3.0 * x
    return y * later


@example(0.7)
@example(np.array([0.7, 0.3]), name="array")
def names_that_are_there(x):
    """A NameError is handled where only names are read that are bound."""
    try:
        if (np.asarray(x) < 0).any():
            raise ValueError("a length is not negative")
        scale = np.asarray(x) * 2.0
    except NameError:
        scale = x
    return np.sum(scale * x)


@example(0.7)
@example(-0.7, name="raised")
def raised_before_what_is_unbound(x):
    """Where nothing is bound to `y` the error comes first."""
    try:
        if x > 0.0:
            y = x * x
        if x < 0.0:
            raise ValueError
        z = y * x
    except ValueError:
        z = -3.0 * x * x
    return z


def halving(x, n):
    """It calls itself, and so is kept apart."""
    return x if n == 0 else np.sin(x) * halving(0.5 * x, n - 1)


@example(0.6, 2)
@example(0.6, 1, name="handled")
def recursion_in_a_try(x, n):
    """A call of a function that is kept apart is no call of what is no function."""
    try:
        y = halving(x, n)
        y = y * (1.0 / (n - 1)) + x
    except Exception:
        y = 2.0 * x
    return y * x


@example(np.array([0.6, 0.8]), 0.3)
@example(np.array([0.6, 0.8]), -0.4, name="handled")
def recursion_in_a_branch_of_a_try(v, x):
    try:
        if x < 0.0:
            raise TypeError("too small")
        y = halving(v[0], 2) + halving(x, 1)
    except (TypeError, ValueError):
        y = v[1] * x
    return y * v[0]


@example(0.35, np.array([1.1, 0.4]))
@example(-0.3, np.array([1.1, 0.4]), name="handled")
def returned_from_a_loop_in_a_try(x, v):
    """What is run to see whether it raises leaves no loop."""
    try:
        if x < 0.0:
            raise ValueError("too small")
        while True:
            v[v > 1.0] += x
            if v[0] >= 2:
                return x * v[0]
    except ValueError:
        x = x * 7.0
    return 3.0 * x * np.sum(v)


@example(np.array([0.3, 1.1]), 0.4)
@example(np.array([0.3, -1.1]), 0.4, name="handled")
def view_in_a_try(v, x):
    """What is run to see whether it raises may look at an array that is written to later."""
    try:
        rows = np.broadcast_to(v, (2, 2)) * x
        if np.sum(rows) < 0.0:
            raise ValueError("too small")
        y = np.sum(rows[0])
    except ValueError:
        y = 0.5 * x
    v[0] = y
    return np.sum(v * v)


@example(0.5, 0.4)
@example(0.9, 0.1, name="replaced")
@example(-0.5, 0.2, name="handled")
def ending_in_a_try(x, y):
    """What is run to see whether it raises reads no name that only it binds."""
    try:
        if x < -0.2:
            raise KeyError("too small")
        z = np.cos(x)
        try:
            if x - y > 0.3171:
                raise ValueError("too large")
            share = 0.5 * x
        except ValueError:
            share = y * y
        finally:
            share += x
        z = z * share
    except KeyError:
        z = 7.0 * x
    return z * x + y * y


@example(0.5, 0.4)
@example(0.9, 0.1, name="replaced")
@example(1.9, 1.8, name="handled")
def carried_through_tries(x, y):
    """One turn reads what the one before has bound, behind a `raise` handled further out."""
    total = share = 0.0
    for k in range(3):
        try:
            if x < k - 0.2:
                raise KeyError("too small")
            z = np.cos(x)
            try:
                if x - y > 0.3171:
                    raise ValueError("too large")
                share = share * 0.5 * x if k > 0 else 0.3 * x
            except ValueError:
                share = y * y
            finally:
                share += x
        except KeyError:
            z = 7.0 * x
        total += z
    return total * x + share * y


class TooSmall(Exception):
    pass


@example(np.array([0.5, 0.4]), 0.3)
@example(np.array([0.5, -1.4]), 0.3, name="replaced")
@example(np.array([0.5, 1.4]), 0.9, name="handled")
def ending_of_a_called_function(v, x):
    """An exception that has not come yet has no value where the next probe begins."""
    try:
        items = [*v, v[0] * v[1], *v]
        try:
            if v[0] * np.sin(v[1]) < -0.2:
                raise TooSmall
            share = np.cos(v[0] * items[2])
        except TooSmall:
            share = v[1] - 1.7
        finally:
            share += x
        if share > 1.7:
            raise ValueError("too large")
    except ValueError:
        share = 0.5 * x
    return share * x * np.sum(v)
