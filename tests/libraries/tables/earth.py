"""Geodesy: utm, pymap3d, geographiclib."""

import numpy as np

from . import row


def distance_and_azimuths(lat1, lon1, lat2, lon2):
    """The inverse problem on the WGS84 ellipsoid."""
    from geographiclib.geodesic import Geodesic

    out = Geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2)
    return out["s12"], out["azi1"], out["azi2"]


def end_point(lat, lon, azimuth, distance):
    """The direct problem on the WGS84 ellipsoid."""
    from geographiclib.geodesic import Geodesic

    out = Geodesic.WGS84.Direct(lat, lon, azimuth, distance)
    return out["lat2"], out["lon2"]


TABLE = [
    row("utm:from_latlon", 51.2, 7.5),
    row("utm:to_latlon", 395201.31, 5673135.24, 32, "U", wrt=(0, 1)),
    row("utm:from_latlon", np.array([51.2, 50.8]), np.array([7.5, 8.1])),
    row("pymap3d:geodetic2ecef", 42.0, -82.0, 200.0),
    row("pymap3d:geodetic2enu", 42.1, -81.9, 1200.0, 42.0, -82.0, 200.0),
    row("pymap3d:aer2enu", 33.0, 70.0, 1000.0),
    row("pymap3d:enu2aer", 186.3, 286.8, 939.7),
    row(
        "pymap3d:enu2aer",
        np.array([186.3, 20.0]),
        np.array([286.8, 30.0]),
        np.array([939.7, 40.0]),
        refused="MutationError",
    ),  # fmt: skip
    row("pymap3d.latitude:geodetic2authalic", 42.0),
    row("pymap3d.latitude:geodetic2isometric", 42.0),
    row("pymap3d.latitude:conformal2geodetic", 42.0),
    row("pymap3d.latitude:geodetic2rectifying", 42.0),
    row("pymap3d.vincenty:vdist", 10.0, 20.0, 11.0, 22.0, refused="MutationError"),
    row("pymap3d.vincenty:vreckon", 10.0, 20.0, 300000.0, 38.0, refused="MutationError"),
    row("pymap3d.rcurve:transverse", 42.0),
    row("pymap3d.rcurve:geocentric_radius", 42.0),
    row("pymap3d.lox:meridian_dist", 40.0),
    row("pymap3d.spherical:geodetic2spherical", 42.0, -82.0, 200.0),
    row("pymap3d.haversine:anglesep_meeus", 35.0, 23.0, 84.0, 20.0),
    row("pymap3d.haversine:haversine", 0.7),
    row("geographiclib.geomath:Math.norm", 0.3, 0.8),
    row("geographiclib.geomath:Math.AngNormalize", 200.3),
    row("geographiclib.geomath:Math.atan2d", 0.3, -0.8),
]
