"""Thermodynamics of water, sea water and moist air: iapws, seawater, psychrolib, thermofeel."""

import numpy as np

from . import row

S, T, P = np.array([34.5, 35.0, 34.8]), np.array([18.0, 12.0, 6.0]), np.array([10.0, 250.0, 900.0])


def enthalpy_of_steam(T, P):
    """Enthalpy of superheated steam, from the dict of region 2."""
    from iapws.iapws97 import _Region2

    return _Region2(T, P)["h"]


def in_si_units():
    """The system of units, which the package wants to be told once."""
    import psychrolib

    psychrolib.SetUnitSystem(psychrolib.SI)


TABLE = [
    row("iapws.iapws97:_Region1", 300.0, 3.0),
    row("iapws.iapws97:_Region2", 700.0, 30.0),
    row("iapws.iapws97:_Region3", 500.0, 650.0),
    row("iapws.iapws97:_Region5", 1500.0, 0.5),
    row("iapws.iapws97:_PSat_T", 500.0),
    row("iapws.iapws97:_TSat_P", 10.0),
    row("iapws.iapws97:_Backward1_T_Ph", 3.0, 500.0),
    row(("iapws.iapws97", enthalpy_of_steam), 700.0, 30.0),
    row("iapws._iapws:_Viscosity", 997.0, 300.0, wrt=(0, 1)),
    row("iapws._iapws:_Tension", 300.0),
    row("iapws._iapws:_Dielectric", 999.242866, 298.15),
    row("iapws._iapws:_Ice", 100.0, 100.0),
    row("seawater.eos80:dens", S, T, P),
    row("seawater.eos80:svel", S, T, P),
    row("seawater.eos80:ptmp", S, T, P),
    row("seawater.eos80:cp", S, T, P),
    row("seawater.eos80:adtg", S, T, P),
    row("seawater.eos80:dpth", P, 30.0),
    row(
        "seawater.eos80:salt", np.array([1.0, 0.9]), np.array([15.0, 20.0]), np.array([0.0, 2000.0])
    ),
    row("seawater.geostrophic:svan", S, T, P),
    row("seawater.extras:satO2", S, T),
    row("seawater.extras:dist", np.array([30.0, 35.0, 38.0]), np.array([-10.0, -12.0, -9.0])),
    row("psychrolib:GetTDewPointFromVapPres", 25.0, 1500.0, prepare=in_si_units),
    row("psychrolib:GetHumRatioFromTWetBulb", 25.0, 18.0, 101325.0, prepare=in_si_units),
    row("psychrolib:GetRelHumFromTWetBulb", 25.0, 18.0, 101325.0, prepare=in_si_units),
    row("psychrolib:GetMoistAirVolume", 25.0, 0.009, 101325.0, prepare=in_si_units),
    row("psychrolib:GetSeaLevelPressure", 95000.0, 500.0, 15.0, prepare=in_si_units),
    row("psychrolib:GetStandardAtmPressure", 1500.0, prepare=in_si_units),
    row("psychrolib:GetSatHumRatio", 20.0, 101325.0, prepare=in_si_units),
    row(
        "thermofeel.thermofeel:calculate_utci",
        np.array([300.0, 290.0]),
        np.array([3.0, 5.0]),
        np.array([310.0, 295.0]),
        np.array([290.0, 282.0]),
    ),
    row(
        "thermofeel.thermofeel:calculate_relative_humidity_percent",
        np.array([300.0, 290.0]),
        np.array([290.0, 285.0]),
    ),
    row("thermofeel.thermofeel:calculate_wbt", np.array([300.0, 290.0]), np.array([60.0, 40.0])),
    row(
        "thermofeel.thermofeel:calculate_heat_index_adjusted",
        np.array([310.0, 290.0]),
        np.array([298.0, 285.0]),
    ),
    row(
        "thermofeel.thermofeel:calculate_wind_chill", np.array([265.0, 270.0]), np.array([5.0, 8.0])
    ),
    row(
        "thermofeel.thermofeel:calculate_apparent_temperature",
        np.array([300.0, 290.0]),
        np.array([3.0, 5.0]),
        np.array([60.0, 40.0]),
    ),
]
