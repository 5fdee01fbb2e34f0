"""Colour science: colorspacious, colormath."""

import numpy as np

from . import row

RGB = np.array([[0.3, 0.6, 0.8], [0.01, 0.9, 0.4]])
XYZ = np.array([[41.2, 21.3, 51.9], [20.1, 30.2, 14.0]])
LAB = np.array([[52.0, 31.0, -44.0], [61.0, -42.0, 25.0]])
LAB_1, LAB_2 = np.array([52.0, 31.0, -44.0]), np.array([[61.0, -42.0, 25.0], [49.0, 21.0, -30.0]])


def lightness(rgb):
    """The lightness of a colour, from sRGB through XYZ."""
    from colormath.color_conversions import convert_color
    from colormath.color_objects import LabColor, sRGBColor

    return convert_color(sRGBColor(rgb[0], rgb[1], rgb[2]), LabColor).lab_l


def hue_and_chroma(l, a, b):
    """Polar coordinates of a colour."""
    from colormath.color_conversions import Lab_to_LCHab
    from colormath.color_objects import LabColor

    return Lab_to_LCHab(LabColor(l, a, b)).get_value_tuple()


def difference(first, second):
    """The CIE94 distance of two colours."""
    from colormath.color_diff_matrix import delta_e_cie1994
    from colormath.color_objects import LabColor

    one, other = LabColor(*first), LabColor(*second)
    return delta_e_cie1994(
        np.array([one.lab_l, one.lab_a, one.lab_b]),
        np.array([[other.lab_l, other.lab_a, other.lab_b]]),
    )


def appearance(xyz):
    """Lightness, chroma and hue under standard viewing conditions."""
    from colorspacious import CIECAM02Space

    seen = CIECAM02Space.sRGB.XYZ100_to_CIECAM02(xyz)
    return seen.J, seen.C, seen.h


TABLE = [
    row("colorspacious.basics:C_linear", RGB),
    row("colorspacious.basics:C_srgb", RGB),
    row("colorspacious.basics:sRGB1_to_sRGB1_linear", RGB),
    row("colorspacious.basics:sRGB1_linear_to_XYZ100", RGB),
    row("colorspacious.basics:XYZ_to_xyY", XYZ),
    row("colorspacious.basics:XYZ100_to_CIELab", XYZ, "D65"),
    row("colorspacious.basics:CIELab_to_XYZ100", LAB, "D65"),
    row("colorspacious.basics:CIELab_to_CIELCh", LAB),
    row(("colorspacious", appearance), XYZ),
    row("colormath.color_diff_matrix:delta_e_cie1976", LAB_1, LAB_2),
    row("colormath.color_diff_matrix:delta_e_cie1994", LAB_1, LAB_2),
    row("colormath.color_diff_matrix:delta_e_cie2000", LAB_1, LAB_2),
    row("colormath.color_diff_matrix:delta_e_cmc", LAB_1, LAB_2),
    row(
        ("colormath.color_conversions", hue_and_chroma),
        52.0,
        31.0,
        -44.0,
        refused="NoDerivativeError",
    ),
    row(("colormath.color_objects", difference), [52.0, 31.0, -44.0], [61.0, -42.0, 25.0]),
]
