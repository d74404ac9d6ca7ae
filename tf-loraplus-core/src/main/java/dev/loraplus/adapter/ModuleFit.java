package dev.loraplus.adapter;

import dev.loraplus.config.Faults;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.model.ModuleSpec;

/** Whether a module can carry the adapter that the settings describe. */
final class ModuleFit {
  private ModuleFit() {}

  /** Records a fault for everything that the module cannot have. */
  static void require(Faults faults, ModuleSpec module, LoraSettings settings) {
    if (module instanceof ModuleSpec.Embedding) {
      faults.collect(
          () -> {
            requireEmbedding(module.path(), settings).throwIfAny();
            return module;
          });
    } else if (module instanceof ModuleSpec.Linear linear) {
      faults.require(
          settings.variant() != LoraVariant.B_BIAS || linear.bias(),
          "target %s: the variant B_BIAS needs a base layer with a bias, or it could never be"
              + " merged; this one has none",
          module.path());
      faults.require(
          settings.init() != LoraInit.OLORA || linear.layout() == ModuleSpec.Layout.OUT_IN,
          "target %s: the init OLORA does not go with a weight of [in, out], for which peft has no"
              + " working start; use PISSA",
          module.path());
    }
  }

  /** An embedding takes a row and no product, so that DoRA and the SVD starts do not apply. */
  static Faults requireEmbedding(String path, LoraSettings settings) {
    return new Faults()
        .require(
            settings.variant() == LoraVariant.PLAIN,
            "target %s: the variant %s is for linear layers, and this is an embedding; exclude it"
                + " or choose PLAIN",
            path,
            settings.variant())
        .require(
            settings.init().fitsEmbeddings(),
            "target %s: the init %s is for linear layers, and this is an embedding; exclude it or"
                + " choose another init",
            path,
            settings.init());
  }
}
