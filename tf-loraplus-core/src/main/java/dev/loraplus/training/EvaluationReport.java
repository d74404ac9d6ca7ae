package dev.loraplus.training;

import java.util.Map;

/**
 * One pass over the evaluation data.
 *
 * @param step optimizer steps taken before it
 * @param loss mean loss over the examples
 * @param metrics values by name, such as {@code accuracy}
 * @param seconds wall time
 */
public record EvaluationReport(
    long step, double loss, Map<String, Double> metrics, double seconds) {}
