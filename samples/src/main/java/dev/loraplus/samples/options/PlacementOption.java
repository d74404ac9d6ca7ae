package dev.loraplus.samples.options;

import dev.loraplus.config.AdapterPlacement;
import picocli.CommandLine.Option;

/** Where the adapters of a SavedModel come in. */
public final class PlacementOption {
  @Option(
      names = "--placement",
      paramLabel = "WHERE",
      description = {
        "Where adapters come in: beside (the product), in-weight, or automatic: in the weight where",
        "the model computes in bfloat16 or float16, beside the product elsewhere; default: automatic."
      })
  private AdapterPlacement placement = AdapterPlacement.AUTOMATIC;

  /** For picocli. */
  public PlacementOption() {}

  /**
   * The choice.
   *
   * @return automatic where none was made
   */
  public AdapterPlacement get() {
    return placement;
  }
}
