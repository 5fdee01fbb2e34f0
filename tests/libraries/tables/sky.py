"""Orbits, the sky and sunlight: sgp4, skyfield, astral, pysolar, pvlib."""

import datetime

import numpy as np

from . import row

NOON = datetime.datetime(2024, 6, 21, 12, 0, tzinfo=datetime.timezone.utc)
ZENITH, AZIMUTH = np.array([30.0, 60.0]), np.array([150.0, 240.0])
DIRECT, GLOBAL, DIFFUSE = (
    np.array([800.0, 500.0]),
    np.array([800.0, 400.0]),
    np.array([100.0, 150.0]),
)

VANGUARD = (
    "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
    "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
)


def position_of_vanguard(minutes):
    """Position and velocity from two-line elements, some minutes after their epoch."""
    from sgp4.earth_gravity import wgs72
    from sgp4.io import twoline2rv
    from sgp4.propagation import sgp4

    satellite = twoline2rv(*VANGUARD, wgs72)
    return sgp4(satellite, minutes)


def position_from_elements(drag, eccentricity, inclination, minutes):
    """Position from the elements themselves: initialisation and propagation."""
    from sgp4.model import WGS72, Satrec

    satellite = Satrec()
    satellite.sgp4init(
        WGS72,
        "i",
        5,
        18441.785,
        drag,
        6.969196665e-13,
        0.0,
        eccentricity,
        5.7904160274885,
        inclination,
        0.3373093125574321,
        0.0472294454407,
        6.0863854713832,
    )
    return satellite.sgp4_tsince(minutes)[1]


def place_of_the_moon(day):
    """Right ascension, declination and distance, from the record that the package returns."""
    from astral.moon import moon_position

    seen = moon_position(day)
    return seen.right_ascension, seen.declination, seen.distance


def seen_from_a_moving_observer(position, velocity, light_time):
    """A direction with aberration, which the package adds in place."""
    from skyfield.relativity import add_aberration

    seen = position.copy()
    add_aberration(seen, velocity, light_time)
    return seen


TABLE = [
    row("sgp4.propagation:gstime", 2453101.82741, reach=1e-9),
    row(
        "sgp4.ext:rv2coe", [6524.834, 6862.875, 6448.296], [4.901327, 5.533756, -1.976341], 398600.5
    ),
    row("sgp4.ext:newtonnu", 0.3, 1.2),
    row("sgp4.ext:angle", [1.0, 2.0, 3.0], [0.5, -0.2, 0.8]),
    row("skyfield.functions:to_spherical", np.array([0.3, -0.7, 0.5])),
    row("skyfield.functions:from_spherical", 1.2, 0.3, 2.1),
    row("skyfield.functions:angle_between", np.array([0.3, -0.7, 0.5]), np.array([0.1, 0.2, 0.9])),
    row("skyfield.functions:rot_x", 0.7),
    row("skyfield.precessionlib:compute_precession", 2460000.5),
    row("skyfield.nutationlib:iau2000b", 2460000.5, reach=1e-8),
    row(
        "skyfield.nutationlib:equation_of_the_equinoxes_complimentary_terms", 2460000.5, reach=1e-8
    ),
    row("skyfield.keplerlib:eccentric_anomaly", 0.3, 1.1),
    row(
        "skyfield.keplerlib:ele_to_vec",
        np.array([1.1]),
        np.array([0.3]),
        np.array([0.5]),
        np.array([0.7]),
        np.array([0.2]),
        np.array([1.3]),
        2.9591220828559115e-4,
    ),
    row("skyfield.keplerlib:stumpff", np.array([0.5, -0.7])),
    row("skyfield.earthlib:terra", 0.7, 0.2, 300.0, 5.1),
    row("skyfield.earthlib:refraction", 12.0, 10.0, 1010.0),
    row("skyfield.earthlib:reverse_terra", np.array([2.9e-5, 1.5e-5, 2.7e-5]), 5.1),
    row(
        ("skyfield.relativity", seen_from_a_moving_observer),
        np.array([0.9, 0.3, 0.1]),
        np.array([-0.004, 0.015, 0.002]),
        0.005,
    ),
    row("astral.sun:eq_of_time", 0.2447),
    row("astral.sun:sun_declination", 0.2447),
    row("astral.sun:sun_rt_ascension", 0.2447),
    row("astral.sun:sun_apparent_long", 0.2447),
    row("astral.moon:interpolate", 0.3, 0.5, 0.9, 0.4),
    row("pysolar.solar:get_nutation", 0.2447, refused="UnsupportedError"),
    row("pysolar.solar:get_heliocentric_longitude", 0.02447),
    row("pysolar.solar:get_sun_earth_distance", 0.02447),
    row("pysolar.solar:get_projected_radial_distance", 300.0, 45.0),
    row("pysolar.solar:get_refraction_correction", 101325.0, 288.0, 25.0),
    row("pysolar.solar:get_topocentric_azimuth_angle", 30.0, 45.0, 12.0),
    row("pysolar.radiation:get_air_mass_ratio", 25.0),
    row("pvlib.spa:heliocentric_longitude", 0.02447),
    row("pvlib.spa:mean_ecliptic_obliquity", 0.02447),
    row("pvlib.solarposition:equation_of_time_spencer71", 172.3),
    row("pvlib.solarposition:declination_spencer71", 172.3),
    row("pvlib.solarposition:solar_zenith_analytical", 0.7, 0.3, 0.4),
    row("pvlib.irradiance:aoi", 30.0, 180.0, ZENITH, AZIMUTH, refused="NoDerivativeError"),
    row(
        "pvlib.irradiance:haydavies",
        30.0,
        180.0,
        DIFFUSE,
        DIRECT,
        1400.0,
        ZENITH,
        AZIMUTH,
        refused="NoDerivativeError",
    ),
    row(
        "pvlib.irradiance:klucher",
        30.0,
        180.0,
        DIFFUSE,
        GLOBAL,
        ZENITH,
        AZIMUTH,
        refused="NoDerivativeError",
    ),
    row(
        "pvlib.irradiance:perez",
        30.0,
        180.0,
        DIFFUSE,
        DIRECT,
        1400.0,
        ZENITH,
        AZIMUTH,
        np.array([1.15, 2.0]),
        refused="NoDerivativeError",
    ),
    row(
        "pvlib.irradiance:reindl",
        30.0,
        180.0,
        DIFFUSE,
        DIRECT,
        GLOBAL,
        1400.0,
        ZENITH,
        AZIMUTH,
        refused="NoDerivativeError",
    ),
    row("pvlib.atmosphere:get_relative_airmass", ZENITH),
    row("pvlib.atmosphere:alt2pres", 1200.0),
    row("pvlib.atmosphere:gueymard94_pw", np.array([20.0, 15.0]), np.array([50.0, 70.0])),
    row(
        "pvlib.atmosphere:windspeed_powerlaw",
        5.0,
        10.0,
        2.0,
        wrt=(0, 1, 2),
        surface_type="unstable_air_above_open_water_surface",
    ),
    row("pvlib.temperature:sapm_cell", GLOBAL, 20.0, 3.0, -3.47, -0.0594, 3.0),
    row("pvlib.temperature:faiman_rad", GLOBAL, 20.0, 3.0, 300.0),
    row("pvlib.temperature:noct_sam", GLOBAL, 20.0, 3.0, 45.0, 0.2),
    row("pvlib.iam:physical", np.array([30.0, 60.0])),
    row("pvlib.iam:martin_ruiz", np.array([30.0, 60.0])),
    row("pvlib.clearsky:ineichen", ZENITH, np.array([1.15, 2.0]), 3.0),
    row("pvlib.clearsky:bird", ZENITH, np.array([1.15, 2.0]), 0.15, 0.1, 1.5),
    row("pvlib.clearsky:simplified_solis", np.array([30.0, 60.0])),
    row("pvlib.singlediode:bishop88", np.array([20.0, 30.0]), 9.0, 1e-10, 0.3, 300.0, 1.5),
    row("pvlib.singlediode:batzelis", 9.0, 1e-10, 0.3, 300.0, 1.5),
    row("pvlib.pvsystem:pvwatts_dc", GLOBAL, 45.0, 5000.0, -0.004),
]
