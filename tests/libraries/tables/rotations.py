"""Rotations and poses: pyquaternion, transforms3d, pytransform3d."""

import numpy as np

from . import row

Q = np.array([0.8, 0.1, -0.5, 0.3]) / np.sqrt(0.99)
R = np.array([0.6, -0.3, 0.7, 0.2]) / np.sqrt(0.98)
AXIS = np.array([0.3, -0.2, 0.9])
V = np.array([0.3, 1.2, -0.4])
TURN = np.array([[0.36, 0.48, -0.8], [-0.8, 0.6, 0.0], [0.48, 0.64, 0.6]])
POSE = np.block([[TURN, np.array([[0.3], [-0.2], [1.1]])], [np.zeros((1, 3)), np.ones((1, 1))]])


def rotate_vector(axis, angle, vector):
    """A vector turned about an axis."""
    from pyquaternion import Quaternion

    return Quaternion(axis=axis, angle=angle).rotate(vector)


def interpolate(first, second, amount):
    """Elements of the rotation between two others."""
    from pyquaternion import Quaternion

    return Quaternion.slerp(Quaternion(first), Quaternion(second), amount).elements


def product(first, second):
    """Elements of a product, an inverse and a power."""
    from pyquaternion import Quaternion

    return ((Quaternion(first) * Quaternion(second).inverse) ** 2).elements


def matrix_of(quaternion):
    """The rotation matrix."""
    from pyquaternion import Quaternion

    return Quaternion(quaternion).rotation_matrix


def angles_of(w, x, y, z):
    """Yaw, pitch and roll."""
    from pyquaternion import Quaternion

    return Quaternion(w, x, y, z).yaw_pitch_roll


def integrated(quaternion, rate, step):
    """A rotation after one step of the kinematic equation."""
    from pyquaternion import Quaternion

    moving = Quaternion(quaternion)
    moving.integrate(rate, step)
    return moving.elements


def distance(first, second):
    """The intrinsic distance between two rotations."""
    from pyquaternion import Quaternion

    return Quaternion.distance(Quaternion(first), Quaternion(second))


def there_and_back(axis, angle):
    """A rotation matrix, and its axis and angle again."""
    from transforms3d.axangles import axangle2mat, mat2axangle

    return mat2axangle(axangle2mat(axis, angle))


def motion_and_back(motion):
    """A rigid motion from its exponential coordinates, and these again."""
    from pytransform3d import transformations as tr

    pose = tr.transform_from_exponential_coordinates(motion)
    return tr.exponential_coordinates_from_transform(pose)


TABLE = [
    row(("pyquaternion", interpolate), 1.1 * Q, R, 0.3, refused="NoDerivativeError"),
    row(("pyquaternion", product), Q, R, refused="NoDerivativeError"),
    row(("pyquaternion", matrix_of), 1.1 * Q, refused="NoDerivativeError"),
    row(("pyquaternion", angles_of), 0.8, 0.1, -0.5, 0.3),
    row("transforms3d.quaternions:quat2mat", Q),
    row("transforms3d.quaternions:qmult", Q, R),
    row("transforms3d.quaternions:qinverse", Q),
    row("transforms3d.quaternions:rotate_vector", V, Q),
    row("transforms3d.quaternions:axangle2quat", AXIS, 0.7),
    row("transforms3d.quaternions:quat2axangle", 1.1 * Q),
    row("transforms3d.quaternions:mat2quat", TURN),
    row("transforms3d.quaternions:qexp", Q),
    row("transforms3d.quaternions:qlog", Q),
    row("transforms3d.euler:euler2mat", 0.3, -0.5, 0.9, wrt=(0, 1, 2), axes="rzyx"),
    row("transforms3d.euler:euler2quat", 0.3, -0.5, 0.9),
    row("transforms3d.euler:mat2euler", TURN),
    row("transforms3d.euler:quat2euler", Q),
    row("transforms3d.axangles:axangle2mat", AXIS, 0.7),
    row("transforms3d.axangles:axangle2aff", AXIS, 0.7, V),
    row(("transforms3d.axangles", there_and_back), AXIS, 0.7, refused="NoDerivativeError"),
    row("transforms3d.affines:compose", V, TURN, np.array([1.1, 0.9, 1.2])),
    row("transforms3d.affines:decompose44", POSE),
    row("pytransform3d.rotations:matrix_from_quaternion", Q),
    row("pytransform3d.rotations:quaternion_from_matrix", TURN, wrt=(0,), strict_check=False),
    row("pytransform3d.rotations:concatenate_quaternions", Q, R),
    row("pytransform3d.rotations:q_prod_vector", Q, V),
    row("pytransform3d.rotations:matrix_from_compact_axis_angle", V),
    row("pytransform3d.rotations:quaternion_from_axis_angle", np.array([0.3, -0.2, 0.9, 0.7])),
    row("pytransform3d.rotations:matrix_from_euler", V, 2, 1, 0, True),
    row("pytransform3d.rotations:quaternion_slerp", Q, R, 0.3),
    row("pytransform3d.rotations:left_jacobian_SO3", V),
    row(
        "pytransform3d.rotations:matrix_from_rotation_6d", np.array([0.3, -0.2, 0.9, 0.7, 0.1, 0.4])
    ),
    row("pytransform3d.rotations:angle_between_vectors", AXIS, V),
    row("pytransform3d.transformations:concat", POSE, POSE, wrt=(0, 1), strict_check=False),
    row("pytransform3d.transformations:transform_from_pq", np.concatenate([V, Q])),
    row(
        "pytransform3d.transformations:transform_from_exponential_coordinates",
        np.array([0.3, -0.2, 0.9, 0.7, 0.1, 0.4]),
    ),
    row(
        ("pytransform3d.transformations", motion_and_back),
        np.array([0.3, -0.2, 0.9, 0.7, 0.1, 0.4]),
    ),
]
