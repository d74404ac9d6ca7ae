package dev.loraplus.savedmodel.export;

import dev.loraplus.graph.Runs;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.adapt.AdapterNodes;
import dev.loraplus.savedmodel.flat.VariableOps;
import dev.loraplus.savedmodel.plan.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

/** Every weight that training changes: W + s B A, or its own value where it trains in full. */
final class MergedWeights {
  private MergedWeights() {}

  /** The values as they stand; the caller closes them. */
  static Map<Kernel, Tensor> read(AdaptedSavedModel model) {
    Ops tf = model.tf().withSubScope("merged");
    List<Kernel> kernels = new ArrayList<>();
    List<Operand<?>> values = new ArrayList<>();
    for (AdapterNodes adapter : model.adapted().adapters()) {
      Kernel kernel = adapter.planned().target().kernel();
      kernels.add(kernel);
      values.add(adapter.merged(tf, model.graph(), value(model, tf, kernel)));
    }
    for (Kernel kernel : model.adapted().plan().trainedInFull()) {
      kernels.add(kernel);
      values.add(value(model, tf, kernel));
    }
    Session.Runner runner = model.session().runner();
    values.forEach(runner::fetch);
    Result result = Runs.run(runner);
    Map<Kernel, Tensor> read = new LinkedHashMap<>();
    for (int i = 0; i < kernels.size(); i++) {
      read.put(kernels.get(i), result.get(i));
    }
    return read;
  }

  private static Output<?> value(AdaptedSavedModel model, Ops tf, Kernel kernel) {
    Output<?> node = model.graph().operationOrThrow(kernel.node()).output(0);
    return VariableOps.read(tf, node, kernel.dtype());
  }
}
