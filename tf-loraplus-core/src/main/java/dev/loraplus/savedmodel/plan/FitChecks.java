package dev.loraplus.savedmodel.plan;

import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraVariant;
import org.tensorflow.proto.DataType;

/** What of a configuration a SavedModel's weights can have. */
final class FitChecks {
  private FitChecks() {}

  static void require(Faults faults, LoraConfig config) {
    faults.require(
        config.variant() == LoraVariant.PLAIN,
        "variant: a SavedModel takes PLAIN adapters only, got %s",
        config.variant());
    faults.require(
        !config.init().changesBaseWeight(),
        "init: a SavedModel's weights stay as they are, which %s changes",
        config.init());
    faults.require(
        config.bias() == BiasMode.NONE,
        "bias: a graph does not say which variable is the bias of which weight, got %s; name the"
            + " biases in modulesToSave",
        config.bias());
  }

  static void require(Faults faults, Target target, LoraSettings settings) {
    String path = target.kernel().path();
    int limit = Math.min(target.view().inSize(), target.view().outSize());
    faults.require(
        settings.rank() <= limit,
        "rank of %s: must be at most %s, the smaller side of its [%s, %s] matrix, got %s",
        path,
        limit,
        target.view().outSize(),
        target.view().inSize(),
        settings.rank());
    faults.require(
        !target.lookup() || settings.init().fitsEmbeddings(),
        "target %s: the init %s is for linear layers, and this is an embedding; exclude it or"
            + " choose another init",
        path,
        settings.init());
    faults.require(
        settings.dropout() == 0 || target.reads().isEmpty(),
        "dropout: must be 0 for %s, which is adapted %s; got %s",
        path,
        target.description(),
        settings.dropout());
  }

  static void requireTrainable(Faults faults, Kernel kernel) {
    faults.require(
        kernel.source() != Kernel.Source.CONSTANT && kernel.dtype() == DataType.DT_FLOAT,
        "modulesToSave: %s must be a float32 variable to train in full, it is a %s of %s",
        kernel.path(),
        kernel.source(),
        kernel.dtype());
  }
}
