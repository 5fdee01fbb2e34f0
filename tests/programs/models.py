"""Statistical and neural models, as in papers' reference code."""

import numpy as np

from . import example, normal, positive


@example(normal(1, 3), normal(2, 6, 3), np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0]))
def logistic_regression(w, x, y):
    """Negative log likelihood with a ridge penalty."""
    p = 1.0 / (1.0 + np.exp(-(x @ w)))
    return -np.sum(y * np.log(p) + (1.0 - y) * np.log(1.0 - p)) + 0.1 * np.sum(w**2)


@example(
    {"w1": normal(3, 2, 4), "b1": normal(4, 4), "w2": normal(5, 4, 1), "b2": normal(6, 1)},
    normal(7, 5, 2),
    normal(8, 5, 1),
    wrt=(0, 1),
)
def mlp(params, x, y):
    """One hidden layer, squared error."""
    h = np.tanh(np.dot(x, params["w1"]) + params["b1"])
    out = np.dot(h, params["w2"]) + params["b2"]
    return np.mean((out - y) ** 2)


@example((0.1, -0.2, 0.3), normal(9, 5), normal(10, 5), wrt=(0, 1, 2))
def gaussian_process(log_params, x, y):
    """Log marginal likelihood with a squared exponential kernel."""
    log_scale, log_length, log_noise = log_params
    d = x[:, None] - x[None, :]
    k = np.exp(2.0 * log_scale - 0.5 * d * d * np.exp(-2.0 * log_length))
    k = k + np.exp(2.0 * log_noise) * np.eye(5)
    alpha = np.linalg.solve(k, y)
    return -0.5 * np.dot(y, alpha) - 0.5 * np.log(np.linalg.det(k))


@example(normal(11, 3, 2), normal(12, 7, 2), wrt=(0, 1))
def soft_kmeans(centres, points):
    d2 = np.sum((points[:, None, :] - centres[None, :, :]) ** 2, axis=2)
    weights = np.exp(-d2)
    return np.sum(weights * d2) / np.sum(weights)


@example(normal(13, 3, 2), normal(14, 6, 2), analytic=False)
def lloyd_step(centres, points):
    """One hard assignment and the new centres, by masks."""
    d2 = np.sum((points[:, None, :] - centres[None, :, :]) ** 2, axis=-1)
    nearest = np.argmin(d2, axis=1)
    new = centres.copy()
    for k in range(3):
        members = nearest == k
        if np.any(members):
            new[k] = 0.5 * centres[k] + 0.5 * np.mean(points[members] * centres[k], axis=0)
    return new


@example(normal(15, 3, 4))
def log_softmax(z):
    """Shifted by the row maximum."""
    shifted = z - np.max(z, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


@example(normal(16, 4, 3), np.array([2, 0, 1, 1]))
def cross_entropy(logits, labels):
    """The label's log probability, picked by an index pair."""
    top = logits.max(axis=1)
    lse = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return np.mean(lse - logits[np.arange(4), labels])


@example(normal(17, 3, 5), positive(18, 5), normal(19, 5), wrt=(0, 1, 2))
def layer_norm(x, gain, bias):
    mean = np.mean(x, axis=-1, keepdims=True)
    centred = x - mean
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return gain * centred / np.sqrt(variance + 1e-5) + bias


@example(normal(20, 4, 3), normal(21, 3, 2), normal(22, 3, 2), normal(23, 3, 3), wrt=(0, 1, 2, 3))
def attention(x, wq, wk, wv):
    """One causal head."""
    q, k, v = x @ wq, x @ wk, x @ wv
    scores = q @ k.T / np.sqrt(q.shape[-1])
    causal = np.arange(4)[:, None] >= np.arange(4)[None, :]
    scores = np.where(causal, scores, -1e9)
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return x + weights @ v


@example(normal(24, 5, 6), normal(25, 3, 2), wrt=(0, 1))
def convolution(image, kernel):
    """Valid convolution as a sum of shifted slices."""
    n = image.shape[0] - kernel.shape[0] + 1
    m = image.shape[1] - kernel.shape[1] + 1
    out = np.zeros((n, m))
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            out += kernel[i, j] * image[i : i + n, j : j + m]
    return np.sum(np.maximum(out, 0.0) ** 2)


@example(normal(26, 4, 2), normal(27, 3, 2), normal(28, 3, 3), normal(29, 3), wrt=(1, 2, 3))
def recurrent_net(inputs, wx, wh, h):
    """A plain recurrent cell over a sequence; the mean of all hidden states."""
    total = np.zeros(3)
    for x in inputs:
        h = np.tanh(wx @ x + wh @ h)
        total += h
    return total / len(inputs)


@example([normal(30, 3), 0.4], normal(31, 6, 3), normal(32, 6))
def sgd_training(params, x, y):
    """The loss after some steps of hand-written gradient descent."""
    w, b = params
    for epoch in range(3):
        for i in range(6):
            residual = x[i] @ w + b - y[i]
            w = w - 0.05 * residual * x[i]
            b = b - 0.05 * residual
    return np.mean((x @ w + b - y) ** 2)


@example(normal(33, 2, 4, 4, 1), normal(34, 2), wrt=(0, 1))
def average_pooling(images, weights):
    """Pooling by reshape, then a weighted sum over the batch."""
    n, h, w, c = images.shape
    pooled = images.reshape(n, h // 2, 2, w // 2, 2, c).mean(axis=(2, 4))
    return np.sum(weights[:, None, None, None] * pooled**2, axis=0)


@example({"w": normal(35, 3, 2), "b": normal(38, 2)}, normal(37, 4, 3), wrt=(0, 1))
def relu_and_leaky(params, x):
    """Activations by where and by multiplication with a mask."""
    z = x @ params["w"] + params["b"]
    relu = np.where(z > 0.0, z, 0.0)
    leaky = z * (z > 0.0) + 0.01 * z * (z <= 0.0)
    return np.sum(relu * relu + leaky**3)
