package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.BaseWeight;
import dev.loraplus.adapter.DoraLinear;
import dev.loraplus.adapter.KernelLayout;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.TargetModules;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.SeededRandom;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.FlatGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** DoRA in the weight of a graph, beside the DoRA of networks built here, which follows peft. */
class DoraTest {
  private static final String PATH = "dense.kernel";
  private static final LoraSettings SETTINGS =
      new LoraSettings(2, 1.5, 0, LoraInit.KAIMING_UNIFORM, LoraVariant.DORA);

  private final TFloat32 x = SeededRandom.of(1, "x").normal(Shape.of(5, 4), 1);
  private final TFloat32 w = SeededRandom.of(1, "w").normal(Shape.of(4, 3), 1);

  @Test
  void outputAndDerivativesAreThoseOfDoraLinear() {
    List<float[]> wanted = new ArrayList<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf);
      ResourceVariable kernel = store.create("dense.weight", Shape.of(4, 3));
      DoraLinear dora =
          DoraLinear.create(store, PATH, new BaseWeight(kernel, KernelLayout.IN_OUT), SETTINGS);
      Placeholder<TFloat32> input = tf.placeholder(TFloat32.class, Placeholder.shape(x.shape()));
      Operand<TFloat32> h = dora.apply(tf, input, tf.linalg.matMul(input, kernel.value()));
      List<ResourceVariable> variables = List.of(dora.a(), dora.b(), dora.magnitude());
      try (Session session = new Session(graph)) {
        Map<ResourceVariable, TFloat32> values = values(variables);
        values.put(kernel, w);
        VariableStore.assign(session, values);
        wanted.addAll(outputAndDerivatives(graph, session, input.asOutput(), h, variables));
      }
    }

    try (AdaptedSavedModel model = adapted()) {
      List<ResourceVariable> variables = model.adapterVariables();
      VariableStore.assign(model.session(), values(variables));
      Operand<TFloat32> h = model.output("y").expect(TFloat32.class);
      List<float[]> found =
          outputAndDerivatives(model.graph(), model.session(), model.input("x"), h, variables);

      assertThat(found).hasSameSizeAs(wanted);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i))
            .usingElementComparator((some, other) -> Math.abs(some - other) < 2e-5 ? 0 : 1)
            .containsExactly(wanted.get(i));
      }
    }
  }

  private AdaptedSavedModel adapted() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var input = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4)));
      var kernel =
          tf.withSubScope("dense").withName("kernel").varHandleOp(TFloat32.class, w.shape());
      var feed = tf.placeholder(TFloat32.class);
      var assign = tf.assignVariableOp(kernel, feed);
      Operand<TFloat32> output = tf.linalg.matMul(input, tf.readVariableOp(kernel, TFloat32.class));
      try (Session session = new Session(graph)) {
        session.runner().feed(feed, w).addTarget(assign).run().close();
        FlatGraph flat = FlatGraph.of(session, Map.of("x", input), Map.of("y", output));
        LoraConfig dora =
            LoraConfig.of(2, 3, TargetModules.named("dense")).withVariant(LoraVariant.DORA);
        return AdaptedSavedModel.build(flat, dora, 3);
      }
    }
  }

  private static Map<ResourceVariable, TFloat32> values(List<ResourceVariable> variables) {
    Map<ResourceVariable, TFloat32> values = new LinkedHashMap<>();
    for (ResourceVariable variable : variables) {
      values.put(variable, SeededRandom.of(3, variable.name()).normal(variable.shape(), 0.5));
    }
    return values;
  }

  /** h and the derivatives of sum(h^2) by A, B and m. */
  private List<float[]> outputAndDerivatives(
      Graph graph,
      Session session,
      Output<?> input,
      Operand<TFloat32> h,
      List<ResourceVariable> variables) {
    Ops tf = Ops.create(graph);
    Operand<TFloat32> loss = tf.sum(tf.math.square(h), tf.array(0, 1));
    Output<?>[] by = variables.stream().map(v -> v.value().asOutput()).toArray(Output<?>[]::new);
    Session.Runner runner = session.runner().feed(input, x).fetch(h);
    for (Output<?> gradient : graph.addGradients(loss.asOutput(), by)) {
      runner.fetch(gradient);
    }
    List<float[]> found = new ArrayList<>();
    try (Result result = runner.run()) {
      for (Map.Entry<String, Tensor> entry : result) {
        TFloat32 tensor = (TFloat32) entry.getValue();
        float[] numbers = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(numbers);
        found.add(numbers);
      }
    }
    return found;
  }
}
