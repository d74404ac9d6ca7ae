package dev.loraplus.training;

import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param steps optimizer steps taken over the whole run
 * @param finalLoss training loss of the last step
 * @param evaluations every evaluation, in order
 * @param best the evaluation of the best state, by the deciding metric
 * @param stoppedEarly whether the run ended because the metric stopped improving
 * @param seconds wall time of this process's part
 */
public record TrainingResult(
    long steps,
    double finalLoss,
    List<EvaluationReport> evaluations,
    Optional<EvaluationReport> best,
    boolean stoppedEarly,
    double seconds) {}
