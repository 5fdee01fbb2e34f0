"""A two-layer network learns to read scikit-learn's handwritten digits.

The parameters are a dict of arrays, and so is the gradient.
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import srcxform as sx


def scores(parameters, images):
    """One score for each image and digit."""
    hidden = np.tanh(images @ parameters["w1"] + parameters["b1"])
    return hidden @ parameters["w2"] + parameters["b2"]


def loss(parameters, images, digits):
    """The mean cross entropy, and a little weight decay."""
    z = scores(parameters, images)
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    entropy = -np.mean(log_p[np.arange(len(digits)), digits])
    decay = np.sum(parameters["w1"] ** 2) + np.sum(parameters["w2"] ** 2)
    return entropy + 1e-4 * decay


def accuracy(parameters, images, digits):
    return np.mean(np.argmax(scores(parameters, images), axis=1) == digits)


def main(epochs=30, batch=64, hidden=48, rate=0.1, momentum=0.9):
    images, digits = load_digits(return_X_y=True)
    images, held_out, digits, held_out_digits = train_test_split(
        images / 16, digits, test_size=0.25, random_state=0
    )
    rng = np.random.default_rng(0)
    parameters = {
        "w1": rng.normal(scale=0.1, size=(64, hidden)),
        "b1": np.zeros(hidden),
        "w2": rng.normal(scale=0.1, size=(hidden, 10)),
        "b2": np.zeros(10),
    }
    velocity = {name: np.zeros_like(p) for name, p in parameters.items()}
    loss_and_gradient = sx.value_and_grad(loss)

    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(digits))
        total, batches = 0.0, 0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            value, gradient = loss_and_gradient(parameters, images[chosen], digits[chosen])
            for name in parameters:
                velocity[name] = momentum * velocity[name] - rate * gradient[name]
                parameters[name] = parameters[name] + velocity[name]
            total, batches = total + value, batches + 1
        if epoch % 5 == 0:
            right = accuracy(parameters, held_out, held_out_digits)
            print(f"epoch {epoch:2}  loss {total / batches:.4f}  held out {right:.1%} right")

    assert accuracy(parameters, held_out, held_out_digits) >= 0.95


if __name__ == "__main__":
    main()
