"""Points, rotations, curves and meshes."""

import math

import numpy as np

from . import example, normal


@example(np.array([[0.0, 0.1], [1.1, 0.0], [1.3, 0.9], [0.4, 1.2], [-0.2, 0.7]]))
def polygon_area(points):
    """The shoelace formula with wrap-around index, and the perimeter."""
    area = 0.0
    perimeter = 0.0
    n = len(points)
    for i in range(n):
        x0, y0 = points[i]
        x1, y1 = points[(i + 1) % n]
        area += 0.5 * (x0 * y1 - x1 * y0)
        perimeter += np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
    return 4.0 * math.pi * area / perimeter**2


@example(normal(1, 3), normal(2, 5, 3), wrt=(0, 1))
def rodrigues(axis_angle, points):
    """Rotation of points about an axis vector."""
    theta = np.sqrt(axis_angle @ axis_angle)
    k = axis_angle / theta
    cross = np.array([[0.0, -k[2], k[1]], [k[2], 0.0, -k[0]], [-k[1], k[0], 0.0]])
    r = np.eye(3) + np.sin(theta) * cross + (1.0 - np.cos(theta)) * cross @ cross
    return points @ r.T


@example(normal(3, 4, 2), 0.35, wrt=(0, 1))
def de_casteljau(control, t):
    """A point on a Bezier curve, by repeated interpolation in place."""
    b = control.copy()
    n = len(b)
    for level in range(1, n):
        for i in range(n - level):
            b[i] = (1.0 - t) * b[i] + t * b[i + 1]
    return b[0]


@example((0.4, -0.2, 0.7, 0.5), (0.1, 0.9, -0.3, 0.2), wrt=(0, 1))
def quaternion_product(p, q):
    """Hamilton's product of tuples, brought to unit length."""
    a, b, c, d = p
    e, f, g, h = q
    product = (
        a * e - b * f - c * g - d * h,
        a * f + b * e + c * h - d * g,
        a * g - b * h + c * e + d * f,
        a * h + b * g - c * f + d * e,
    )
    length = math.sqrt(sum([x * x for x in product]))
    return tuple([x / length for x in product])


@example(normal(4, 5, 3), np.array([[0, 1, 2], [0, 2, 3], [1, 4, 2]]))
def mesh_area(vertices, faces):
    """Triangles by an index table."""
    area = 0.0
    for i, j, k in faces:
        u, v = vertices[j] - vertices[i], vertices[k] - vertices[i]
        n = np.array(
            [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
        )
        area += 0.5 * np.sqrt(n @ n)
    return area


@example(normal(5, 3), np.array([0.2, -0.1, 4.0]), 1.2, wrt=(0, 1, 2))
def pinhole_projection(point, translation, focal):
    """Perspective with radial distortion."""
    x, y, z = 0.3 * point + translation
    u, v = x / z, y / z
    r2 = u * u + v * v
    distortion = 1.0 + 0.1 * r2 + 0.02 * r2**2
    return np.array([focal * distortion * u, focal * distortion * v])


@example(0.3, 0.8, 1.1, -0.4, wrt=(0, 1, 2, 3), analytic=False)
def great_circle(lat1, lon1, lat2, lon2):
    """The haversine formula."""
    a = math.sin((lat2 - lat1) / 2) ** 2
    a += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2.0 * math.atan2(math.sqrt(a), math.sqrt(1.0 - a))


@example(normal(6, 6, 2), normal(7, 4, 2), wrt=(0, 1))
def chamfer_distance(a, b):
    """Nearest neighbours both ways."""
    d2 = np.sum((a[:, None] - b[None]) ** 2, axis=-1)
    return np.mean(np.min(d2, axis=1)) + np.mean(d2.min(axis=0))
