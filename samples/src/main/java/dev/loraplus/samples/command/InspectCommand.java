package dev.loraplus.samples.command;

import dev.loraplus.samples.options.PlacementOption;
import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.SavedModelFile;
import dev.loraplus.savedmodel.plan.Inspection;
import dev.loraplus.savedmodel.plan.Kernel;
import dev.loraplus.savedmodel.plan.Target;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a SavedModel takes and gives, and which weights can carry an adapter. */
@Command(
    name = "inspect",
    description = "Lists a SavedModel's signatures and which of its weights can carry an adapter.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class InspectCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "SAVED_MODEL", description = "Directory with saved_model.pb.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path directory;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The signature whose weights to list; default: ${DEFAULT-VALUE}.")
  private String signature = SavedModelFile.DEFAULT_SIGNATURE;

  @Mixin private final PlacementOption placement = new PlacementOption();

  /** For picocli. */
  public InspectCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    SavedModelFile file = SavedModelFile.read(directory);
    file.signatures().forEach((name, definition) -> print(out, name, definition));
    Inspection inspection = Inspection.of(FlatGraph.of(directory, signature));
    Map<String, String> fates = new LinkedHashMap<>();
    for (Target target : inspection.targets()) {
      fates.put(
          target.kernel().path(), "adapter " + target.placed(placement.get(), false).description());
    }
    fates.putAll(inspection.refused());
    int width = inspection.kernels().stream().mapToInt(k -> k.path().length()).max().orElse(1);
    out.println("weights of " + signature);
    for (Kernel kernel : inspection.kernels()) {
      out.printf(
          "  %-" + width + "s  %-16s %s%n",
          kernel.path(),
          kernel.shape(),
          fates.getOrDefault(kernel.path(), "is not used by a product"));
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, String name, SignatureDef signature) {
    out.println("signature " + name);
    new TreeMap<>(signature.getInputsMap())
        .forEach((key, info) -> out.println("  input   " + key + " " + described(info)));
    new TreeMap<>(signature.getOutputsMap())
        .forEach((key, info) -> out.println("  output  " + key + " " + described(info)));
  }

  private static String described(TensorInfo info) {
    String type =
        info.getDtype().name().substring("DT_".length()).toLowerCase(java.util.Locale.ROOT);
    if (info.getTensorShape().getUnknownRank()) {
      return type + " of any shape";
    }
    return type
        + " "
        + info.getTensorShape().getDimList().stream()
            .map(TensorShapeProto.Dim::getSize)
            .map(size -> size < 0 ? "?" : String.valueOf(size))
            .toList();
  }
}
