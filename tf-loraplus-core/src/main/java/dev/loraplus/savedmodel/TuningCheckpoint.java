package dev.loraplus.savedmodel;

import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.Runs;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.optimizer.StateVariable;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.weights.SafetensorsWriter;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Parameters and optimizer of a run as a file; with them training goes on bit for bit. */
final class TuningCheckpoint {
  private static final String FILE = "checkpoint.safetensors";
  private static final String STEPS = "steps";
  private static final int HALF = 24;

  private final AdaptedSavedModel model;
  private final LoraPlusOptimizer optimizer;

  TuningCheckpoint(AdaptedSavedModel model, LoraPlusOptimizer optimizer) {
    this.model = model;
    this.optimizer = optimizer;
  }

  /** A variable of either kind. */
  private record Slot(Shape shape, Operand<?> value, Operand<?> feed, Op assign) {}

  void write(Path directory, long steps) {
    Map<String, Slot> slots = slots();
    Session.Runner runner = model.session().runner();
    slots.values().forEach(slot -> runner.fetch(slot.value()));
    try (Result values = Runs.run(runner);
        TFloat32 count = split(steps)) {
      Files.createDirectories(directory);
      Map<String, TFloat32> tensors = new LinkedHashMap<>();
      int position = 0;
      for (String name : slots.keySet()) {
        tensors.put(name, (TFloat32) values.get(position++));
      }
      tensors.put(STEPS, count);
      SafetensorsWriter.write(directory.resolve(FILE), tensors);
    } catch (IOException e) {
      throw new WeightException(directory + ": cannot be written: " + e, e);
    }
  }

  /** The number of steps taken. */
  long read(Path directory) {
    Map<String, Slot> slots = slots();
    Map<String, TFloat32> values = new LinkedHashMap<>();
    try (WeightSource source = WeightSource.open(directory.resolve(FILE))) {
      slots.forEach((name, slot) -> values.put(name, source.readCopy(name, slot.shape())));
      long steps;
      try (TFloat32 count = source.readCopy(STEPS, Shape.of(2))) {
        steps = joined(count);
      }
      assign(slots, values, steps);
      return steps;
    } finally {
      values.values().forEach(TFloat32::close);
    }
  }

  private void assign(Map<String, Slot> slots, Map<String, TFloat32> values, long steps) {
    Session.Runner runner = model.session().runner();
    try (TInt64 count = TInt64.scalarOf(steps)) {
      values.forEach(
          (name, value) -> {
            Slot slot = slots.get(name);
            if (slot != null) {
              runner.feed(slot.feed(), value).addTarget(slot.assign());
            }
          });
      StateVariable counter = counter();
      runner.feed(counter.feed(), count).addTarget(counter.assign());
      Runs.run(runner).close();
    }
  }

  private Map<String, Slot> slots() {
    Map<String, Slot> slots = new LinkedHashMap<>();
    for (ResourceVariable variable : model.trainedVariables()) {
      slots.put(
          "parameter." + variable.name(),
          new Slot(variable.shape(), variable.value(), variable.feed(), variable.assign()));
    }
    for (StateVariable variable : optimizer.state()) {
      if (!variable.isCounter()) {
        slots.put(
            "optimizer." + variable.name(),
            new Slot(variable.shape(), variable.value(), variable.feed(), variable.assign()));
      }
    }
    return slots;
  }

  private StateVariable counter() {
    return optimizer.state().stream().filter(StateVariable::isCounter).findFirst().orElseThrow();
  }

  /** A number below 2^48 as two that float32 holds exactly. */
  private static TFloat32 split(long steps) {
    return TFloat32.vectorOf((float) (steps >> HALF), (float) (steps & ((1L << HALF) - 1)));
  }

  private static long joined(TFloat32 halves) {
    return ((long) halves.getFloat(0) << HALF) + (long) halves.getFloat(1);
  }
}
