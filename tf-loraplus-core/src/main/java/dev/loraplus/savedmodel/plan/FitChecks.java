package dev.loraplus.savedmodel.plan;

import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraVariant;
import org.tensorflow.proto.DataType;

/** What of a configuration a SavedModel's weights can have. */
final class FitChecks {
  private FitChecks() {}

  static void require(Faults faults, LoraConfig config) {
    faults.require(
        config.variant() != LoraVariant.B_BIAS,
        "variant: a SavedModel takes PLAIN or DORA adapters, got %s; a graph does not say which"
            + " variable a bias of B would be merged into",
        config.variant());
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
    boolean computed =
        settings.variant() == LoraVariant.DORA || settings.init().changesBaseWeight();
    String what = settings.variant() == LoraVariant.DORA ? "DORA" : settings.init().toString();
    faults.require(
        settings.variant() != LoraVariant.DORA || !target.lookup(),
        "target %s: the variant DORA is for linear layers, and this is an embedding; exclude it or"
            + " choose PLAIN",
        path);
    faults.require(
        !computed || target.kernel().dtype() == DataType.DT_FLOAT,
        "target %s: %s needs float32 numbers, and this holds %s",
        path,
        what,
        target.kernel().dtype());
    faults.require(
        !settings.init().changesBaseWeight() || target.kernel().source() != Kernel.Source.CONSTANT,
        "target %s: the init %s changes the weight, and this is a constant of the graph",
        path,
        settings.init());
    faults.require(
        settings.dropout() == 0 || target.reads().isEmpty(),
        "dropout: must be 0 for %s, which is adapted %s; got %s",
        path,
        target.description(),
        settings.dropout());
  }

  static void requireTrainable(Faults faults, String setting, Kernel kernel) {
    faults.require(
        kernel.source() != Kernel.Source.CONSTANT && kernel.dtype() == DataType.DT_FLOAT,
        "%s: %s must be a float32 variable to train in full, it is a %s of %s",
        setting,
        kernel.path(),
        kernel.source(),
        kernel.dtype());
  }
}
