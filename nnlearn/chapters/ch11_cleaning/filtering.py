"""What filters gain and cost, on photographs and on digits that a network reads: part of the chapter's experiment."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from nnlearn.chapters.ch11_cleaning import pictures
from nnlearn.chapters.ch11_cleaning.pictures import filtered, photograph, read, spoiled
from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.data.clean import gaussian_noise, mean_filter, psnr

DRAWS, NETWORKS = range(3), range(4)
EPOCHS = 30  # of a network's training
WAYS = {"nothing": ("none", 3, 0.6), "mean 3": ("mean", 3, 0.6), "median 3": ("median", 3, 0.6),
        "plus 3": ("plus", 3, 0.6), "median 5": ("median", 5, 0.6), "Gaussian 0.4": ("gaussian", 3, 0.4),
        "Gaussian 0.6": ("gaussian", 3, 0.6), "Gaussian 1": ("gaussian", 3, 1.0)}  # fmt: skip
NOISES = {"none": (0.0, 0.0), "impulses 0.02": (0.02, 0.0), "impulses 0.05": (0.05, 0.0), "impulses 0.1": (0.1, 0.0),
          "impulses 0.2": (0.2, 0.0), "Gaussian 0.1": (0.0, 0.1), "Gaussian 0.2": (0.0, 0.2)}  # fmt: skip
LEVEL = 255  # grey levels between black and white


# --- Photographs ---


def filters() -> list[dict[str, Any]]:
    """Decibels before and after each filter, under each noise."""
    found = []
    for picture in ("china", "flower"):
        image = photograph(picture)
        for noise, (impulses, sigma) in [*NOISES.items()][1:]:
            noisy = [spoiled(image, impulses, sigma, seed) for seed in DRAWS]
            before = [round(psnr(image, each, peak=1), 2) for each in noisy]
            for way, chosen in WAYS.items():
                after = [round(psnr(image, filtered(each, *chosen), peak=1), 2) for each in noisy]
                found.append({"picture": picture, "noise": noise, "filter": way, "noisy": before, "cleaned": after})
    return found


def border() -> list[dict[str, Any]]:
    """From which deviation of the noise a mean of 3 x 3 pixels brings the picture nearer to the clean one."""
    found = []
    for picture in ("china", "flower"):
        image = photograph(picture)
        blur = float(np.mean((mean_filter(image, 3) - image) ** 2))
        found.append({
            "picture": picture, "root of blur": round(LEVEL * blur**0.5, 2),
            "predicted": round(LEVEL * (blur / (1 - 1 / 9)) ** 0.5, 2),
            "found": [helps_from(image, seed, True) for seed in DRAWS],
            "not clipped": [helps_from(image, seed, False) for seed in DRAWS],
        })  # fmt: skip
    return found


def helps_from(image: Array, seed: int, clipped: bool) -> float:
    """The deviation, in grey levels, at which the filter neither gains nor loses, by bisection."""
    low, high = 1.0, 60.0
    while high - low > 0.05:
        sigma = (low + high) / 2
        noisy = gaussian_noise(image, sigma / LEVEL, seed)
        noisy = np.clip(noisy, 0, 1) if clipped else noisy
        helps = np.mean((mean_filter(noisy, 3) - image) ** 2) < np.mean((noisy - image) ** 2)
        low, high = (low, sigma) if helps else (sigma, high)
    return round((low + high) / 2, 1)


# --- Digits, read by networks ---


@cache
def network(seed: int, lesson: str = "clean") -> Any:
    """The weights of the course's network from other first weights, taught clean digits, noisy or filtered ones."""
    from nnlearn import models

    if (seed, lesson) == (0, "clean"):
        return models.trained()
    data = datasets.digits()
    images = LESSONS[lesson](data.X_train.reshape(-1, 8, 8), seed + 100)
    taught = replace(data, X_train=images.reshape(len(images), -1))
    return models.weights_of(models.train(models.convolutional(seed), taught, EPOCHS, seed))


LESSONS: dict[str, Callable[[Array, int], Array]] = {
    "clean": lambda images, seed: images,
    "noisy": lambda images, seed: spoiled(images, 0.05, 0, seed),
    "noisy and cleaned": lambda images, seed: filtered(spoiled(images, 0.05, 0, seed), "median"),
}


def share(images: Array, weights: Any) -> float:
    """Of the test digits that a network reads."""
    return round(float(np.mean(read(images, weights) == pictures.digits()[1])), 4)


def digits() -> list[dict[str, Any]]:
    """What four networks that learned clean digits read under each noise, after each filter."""
    images, found = pictures.digits()[0], []
    for noise, (impulses, sigma) in NOISES.items():
        noisy = [spoiled(images, impulses, sigma, seed) for seed in (DRAWS if noise != "none" else DRAWS[:1])]
        for way, chosen in WAYS.items():
            cleaned = [filtered(each, *chosen) for each in noisy]
            decibels = np.median([psnr(images, each, peak=1) for each in cleaned])
            found.append({
                "noise": noise, "filter": way, "decibels": round(float(decibels), 2) if decibels < np.inf else None,
                "accuracy": [[share(each, network(seed)) for each in cleaned] for seed in NETWORKS],
            })  # fmt: skip
    return found


def taught() -> list[dict[str, Any]]:
    """What networks read that learned clean, noisy, or noisy and cleaned digits, of each of the three."""
    images, found = pictures.digits()[0], []
    tests = {lesson: [make(images, seed) for seed in DRAWS] for lesson, make in LESSONS.items()}
    for lesson in LESSONS:
        for test, drawn in tests.items():
            accuracy = [[share(each, network(seed, lesson)) for each in drawn] for seed in NETWORKS]
            found.append({"lesson": lesson, "test": test, "accuracy": accuracy})
    return found
