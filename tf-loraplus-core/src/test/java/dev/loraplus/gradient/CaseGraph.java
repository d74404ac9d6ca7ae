package dev.loraplus.gradient;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** The op of a case in a graph of its own, with the loss that was differentiated in Python. */
final class CaseGraph implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Session session = new Session(graph);
  private final List<CaseTensor> inputs;
  private final List<Operand<?>> feeds = new ArrayList<>();
  private final List<Output<?>> sources = new ArrayList<>();
  private final List<Op> assigns = new ArrayList<>();
  private final Operand<TFloat64> loss;

  CaseGraph(OpCase opCase) {
    this.inputs = opCase.flatInputs();
    GraphOperationBuilder builder = graph.opBuilder(opCase.op(), "op", tf.scope());
    for (int i = 0; i < opCase.inputs().size(); i++) {
      List<Output<?>> given = opCase.inputs().get(i).stream().<Output<?>>map(this::source).toList();
      if (opCase.isList(i)) {
        builder.addInputList(given.toArray(Output<?>[]::new));
      } else {
        builder.addInput(given.get(0));
      }
    }
    opCase.attributes().properties().forEach(each -> set(builder, each.getKey(), each.getValue()));
    this.loss = loss(builder.build(), opCase.weights());
  }

  private Output<?> source(CaseTensor tensor) {
    Operand<? extends TType> feed = tf.placeholder(tensor.type());
    feeds.add(feed);
    Output<?> source = feed.asOutput();
    if (tensor.variable()) {
      var handle = tf.varHandleOp(tensor.type(), tensor.shape());
      assigns.add(tf.assignVariableOp(handle, feed));
      source = handle.asOutput();
    }
    sources.add(source);
    return source;
  }

  private static void set(GraphOperationBuilder builder, String name, JsonNode value) {
    if (value.isBoolean()) {
      builder.setAttr(name, value.asBoolean());
    } else if (value.isInt()) {
      builder.setAttr(name, value.asLong());
    } else if (name.equals("dtype")) {
      builder.setAttr(name, DataType.DT_DOUBLE);
    } else if (value.isTextual()) {
      builder.setAttr(name, value.asText());
    } else {
      long[] numbers = new long[value.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = value.get(i).asLong();
      }
      if (name.equals("shape")) {
        builder.setAttr(name, Shape.of(numbers));
      } else {
        builder.setAttr(name, numbers);
      }
    }
  }

  private Operand<TFloat64> loss(GraphOperation op, List<Optional<CaseTensor>> weights) {
    List<Operand<TFloat64>> parts = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      if (weights.get(i).isPresent()) {
        CaseTensor weight = weights.get(i).orElseThrow();
        Operand<TNumber> output = OpCall.number(op.output(i));
        Operand<TFloat64> wide = tf.dtypes.cast(output, TFloat64.class);
        try (TFloat64 values =
            TFloat64.tensorOf(weight.shape(), DataBuffers.of(weight.numbers()))) {
          parts.add(tf.sum(tf.math.mul(wide, tf.constantOf(values)), all(weight.shape())));
        }
      }
    }
    return tf.math.addN(parts);
  }

  private Operand<TInt32> all(Shape shape) {
    int[] axes = new int[shape.numDimensions()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    return tf.constant(axes);
  }

  /** Derivatives by the inputs of real numbers, by their place; null-handles stay away. */
  Map<Integer, double[]> derivatives() {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).isReal()) {
        places.add(i);
      }
    }
    Output<?>[] by = places.stream().map(sources::get).toArray(Output<?>[]::new);
    Output<?>[] gradients = graph.addGradients(loss.asOutput(), by);
    Map<Integer, double[]> result = new LinkedHashMap<>();
    for (int i = 0; i < gradients.length; i++) {
      if (!gradients[i].isClosed()) {
        Output<?> gradient = gradients[i];
        result.put(places.get(i), run(gradient, values()));
      }
    }
    return result;
  }

  /** (f(x + h) - f(x - h)) / 2h for each number of input i. */
  double[] differences(int i, double h) {
    double[] slopes = new double[inputs.get(i).values().size()];
    for (int k = 0; k < slopes.length; k++) {
      slopes[k] = (lossWith(i, k, h) - lossWith(i, k, -h)) / (2 * h);
    }
    return slopes;
  }

  private double lossWith(int i, int k, double change) {
    List<double[]> values = values();
    values.get(i)[k] += change;
    return run(loss.asOutput(), values)[0];
  }

  private List<double[]> values() {
    return new ArrayList<>(inputs.stream().map(CaseTensor::numbers).toList());
  }

  private double[] run(Output<?> fetch, List<double[]> values) {
    List<Tensor> fed = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      fed.add(inputs.get(i).tensor(values.get(i)));
    }
    try {
      if (!assigns.isEmpty()) {
        Session.Runner init = session.runner();
        feed(init, fed);
        assigns.forEach(init::addTarget);
        init.run().close();
      }
      Session.Runner runner = session.runner().fetch(fetch);
      feed(runner, fed);
      try (Result result = runner.run()) {
        return numbers(result.get(0));
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private void feed(Session.Runner runner, List<Tensor> fed) {
    for (int i = 0; i < fed.size(); i++) {
      runner.feed(feeds.get(i), fed.get(i));
    }
  }

  private static double[] numbers(Tensor tensor) {
    double[] result = new double[Math.toIntExact(tensor.size())];
    var data = tensor.asRawTensor().data();
    for (int i = 0; i < result.length; i++) {
      result[i] =
          tensor instanceof TFloat32 ? data.asFloats().getFloat(i) : data.asDoubles().getDouble(i);
    }
    return result;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
