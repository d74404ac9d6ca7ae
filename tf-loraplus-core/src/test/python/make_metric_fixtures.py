"""Writes the values that MetricsTest checks against.

Run in tf-loraplus-core with numpy, scipy and scikit-learn installed:
    python src/test/python/make_metric_fixtures.py
"""
import json
import math
import pathlib
import warnings

import numpy
from scipy import stats
from sklearn import metrics

TARGET = pathlib.Path("src/test/resources/dev/loraplus/training/metrics/expected.json")
random = numpy.random.default_rng(7)
warnings.simplefilter("ignore")  # of constant input and absent classes, which are meant


def classification(predicted, actual):
    predicted, actual = [int(i) for i in predicted], [int(i) for i in actual]
    return {
        "predicted": predicted,
        "actual": actual,
        "accuracy": metrics.accuracy_score(actual, predicted),
        # F1 of class 1 alone, also among several.
        "f1": float(
            metrics.f1_score(actual, predicted, labels=[1], average="macro", zero_division=0)
        ),
        "macro_f1": float(metrics.f1_score(actual, predicted, average="macro", zero_division=0)),
        "matthews_correlation": float(metrics.matthews_corrcoef(actual, predicted)),
    }


def number(value):
    """SciPy's NaN for constant input; the project gives 0 there."""
    return 0.0 if math.isnan(value) else float(value)


def regression(predicted, actual):
    predicted, actual = [float(i) for i in predicted], [float(i) for i in actual]
    single = len(actual) == 1
    return {
        "predicted": predicted,
        "actual": actual,
        "pearson": 0.0 if single else number(stats.pearsonr(predicted, actual).statistic),
        "spearman": 0.0 if single else number(stats.spearmanr(predicted, actual).statistic),
        "mean_squared_error": float(metrics.mean_squared_error(actual, predicted)),
    }


def noisy(actual, classes, share):
    kept = random.random(len(actual)) < share
    return numpy.where(kept, actual, random.integers(0, classes, len(actual)))


def main():
    classes = [classification([1, 0, 1, 1], [1, 0, 0, 1])]
    for count, share in ((2, 0.8), (2, 0.1), (3, 0.5), (5, 0.7), (45, 0.6)):
        actual = random.integers(0, count, 60)
        classes.append(classification(noisy(actual, count, share), actual))
    classes += [
        classification([1, 1, 1], [0, 1, 1]),  # constant predictions
        classification([0, 1, 1], [1, 1, 1]),  # constant truth
        classification([0, 0, 0], [0, 0, 0]),
        classification([1, 0], [0, 1]),  # all wrong
        classification([0, 2, 2, 0], [0, 2, 0, 2]),  # class 1 never occurs
        classification([3], [1]),
    ]
    numbers = []
    for size in (2, 10, 100):
        actual = random.normal(size=size)
        numbers.append(regression(actual + random.normal(size=size), actual))
    ties = random.integers(0, 5, 40)
    numbers += [
        regression(numpy.round(ties + random.normal(size=40)), ties),
        regression([1, 2, 3], [30, 20, 10]),
        regression([0.0, -0.0, 1.0, 2.0], [1, 2, 3, 5]),
        regression([0.1, 0.1, 0.1], [1, 2, 3]),  # constant predictions
        regression([1, 2, 3], [0.1, 0.1, 0.1]),
        regression([2.5], [1.0]),
        regression(1e8 + random.random(20), random.random(20)),  # cancellation
        regression(1e-9 * random.random(20), 1e9 * random.random(20)),
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    content = {"classification": classes, "regression": numbers}
    TARGET.write_text(json.dumps(content, separators=(",", ":")) + "\n")


main()
