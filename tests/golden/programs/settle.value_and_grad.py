"""Derivative of `settle`, written by srcxform."""


def settle_value_and_grad(constants, x, n):
    """Value and gradient of `settle` (programs.py:350) with respect to `constants`."""
    v = 0.0
    v_saved = []
    x_saved = []
    v_1_saved = []
    for step in range(n):
        force = -constants["spring"] * x - constants["drag"] * v
        v_saved.append(v)
        v_1 = 0.1 * force / constants["mass"]
        v = v + v_1
        x_saved.append(x)
        x = x + 0.1 * v
        v_1_saved.append(v_1)
    value = x * x

    # return x * x
    x_bar = 2.0 * x
    v_bar = 0.0
    constants_mass_bar = 0.0
    constants_drag_bar = 0.0
    constants_spring_bar = 0.0
    for step in reversed(range(n)):
        v_1 = v_1_saved.pop()
        x = x_saved.pop()
        v = v_saved.pop()
        # x = x + 0.1 * v
        v_bar = v_bar + 0.1 * x_bar
        # v = v + 0.1 * force / constants["mass"]
        v_2_bar = v_bar / constants["mass"]
        constants_mass_bar = constants_mass_bar - v_2_bar * v_1
        force_bar = 0.1 * v_2_bar
        # force = -constants["spring"] * x - constants["drag"] * v
        v_bar = v_bar - constants["drag"] * force_bar
        constants_drag_bar = constants_drag_bar - force_bar * v
        x_bar = x_bar - constants["spring"] * force_bar
        constants_spring_bar = constants_spring_bar - force_bar * x
    return (
        value,
        {"mass": constants_mass_bar, "spring": constants_spring_bar, "drag": constants_drag_bar},
    )
