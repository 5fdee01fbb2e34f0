"""Real in, real out, complex on the way."""

import numpy as np

from . import example, normal


@example(0.7, 1.2, wrt=(0, 1), analytic=False)
def interference(x, y):
    """The intensity of two waves."""
    amplitude = np.exp(1j * x) + 0.5 * np.exp(1j * y * x)
    return np.real(amplitude * np.conj(amplitude))


@example(normal(1, 4), analytic=False)
def power_spectrum(v):
    """A discrete Fourier transform written out."""
    n = len(v)
    k = np.arange(n)
    kernel = np.exp(-2j * np.pi * k[:, None] * k[None, :] / n)
    f = kernel @ v
    return (f * f.conj()).real * 0.1 + np.abs(f) + f.imag


@example(0.4, -0.3, wrt=(0, 1), analytic=False)
def mandelbrot_escape(re, im):
    """Five turns of z^2 + c; the modulus at the end."""
    c = re + 1j * im
    z = 0.0 * c
    for _ in range(5):
        z = z * z + c
    return np.abs(z) ** 2 + z.real * z.imag


@example(2.0, 0.3, 1.5, wrt=(0, 1, 2), analytic=False)
def impedance(resistance, inductance, frequency):
    """A circuit's response: quotient of complex numbers, modulus and phase parts."""
    z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * 0.8)
    response = 1.0 / z
    return abs(response), response.real, response.imag


@example(normal(2, 3), normal(3, 3), wrt=(0, 1), analytic=False)
def real_and_imaginary(a, b):
    """Complex arrays built from parts and taken apart."""
    z = a + 1j * b
    w = z**2 * np.conj(z) + np.sqrt(z + 3.0)
    return np.sum(np.real(w) * np.imag(z)) + np.sum(w.real**2)


@example(0.8, analytic=False)
def complex_in_place(x):
    """A complex buffer, written in place."""
    psi = np.zeros(4, dtype=complex)
    psi[0] = x
    for k in range(3):
        psi[1:] += 1j * x * psi[:-1]
    return np.sum(np.abs(psi) ** 2) + np.sum(psi.imag)


@example(0.6, 0.9, wrt=(0, 1), analytic=False)
def complex_scalars(x, y):
    """Python complex numbers: complex(), attributes, abs, methods."""
    z = complex(x, y)
    w = z * z / (1.0 + z)
    return abs(w) ** 2 + w.real * w.conjugate().imag + (z * 2.0j).imag
