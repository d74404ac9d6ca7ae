package dev.loraplus.savedmodel.flat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.savedmodel.CorpusModel;
import dev.loraplus.savedmodel.Difference;
import dev.loraplus.savedmodel.EachCorpusModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.NodeDef;

class FlatGraphTest {
  @EachCorpusModel
  void outputsAreThoseOfTheSignatureBitForBit(String name) {
    CorpusModel model = CorpusModel.of(name);
    FlatGraph flat = FlatGraph.of(model.directory());

    assertThat(flat.forward().values())
        .extracting(NodeDef::getOp)
        .doesNotContain("PartitionedCall", "StatefulPartitionedCall");
    try (SavedModelBundle bundle = RestoredBundle.load(model.directory());
        Result wanted = bundle.function(SavedModelFile.DEFAULT_SIGNATURE).call(model.inputs());
        Graph graph = new Graph()) {
      graph.importGraphDef(flat.graph());
      try (Session session = new Session(graph)) {
        flat.start().run(session);
        flat.outputs()
            .forEach(
                (key, output) ->
                    assertThat(bytes(run(session, flat, model.inputs(), output)))
                        .isEqualTo(bytes(wanted.get(key).orElseThrow())));
      }
    }
  }

  @Test
  void variablesThatTheSaverKnowsAsCopiesHaveTheirValues() {
    CorpusModel model = CorpusModel.of(CorpusModel.PLAIN_SAVE);
    FlatGraph flat = FlatGraph.of(model.directory());

    try (Graph graph = new Graph()) {
      graph.importGraphDef(flat.graph());
      try (Session session = new Session(graph)) {
        flat.initialize(session);
        Tensor output =
            run(session, flat, model.inputs(), flat.outputs().values().iterator().next());

        assertThat(Difference.largest(Map.of("output_0", output), model.outputs()))
            .isLessThan(1e-6);
      }
    }
    assertThat(flat.variables())
        .extracting(FlatVariable::name)
        .contains("tokens/embeddings", "mix/kernel", "norm/gamma", "head/bias");
  }

  @Test
  void variablesHaveTheNamesThatKerasGaveThem() {
    FlatGraph flat = FlatGraph.of(CorpusModel.of("mlp").directory());

    Set<String> names =
        flat.variables().stream().map(FlatVariable::name).collect(Collectors.toSet());

    assertThat(names)
        .containsExactlyInAnyOrder(
            "mlp/hidden/kernel", "mlp/hidden/bias", "mlp/head/kernel", "mlp/head/bias");
  }

  @Test
  void signatureThatIsNotThereIsAnError() {
    Path directory = CorpusModel.of("mlp").directory();

    assertThatThrownBy(() -> FlatGraph.of(directory, "score"))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("has no signature 'score'; it has [")
        .hasMessageContaining("serving_default");
  }

  @Test
  void directoryWithoutSavedModelIsAnError() {
    Path directory = Path.of("src");

    assertThatThrownBy(() -> FlatGraph.of(directory))
        .hasMessage("src: is no SavedModel, the file saved_model.pb is missing");
  }

  @Test
  void emptyFileIsAnError(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("saved_model.pb"));

    assertThatThrownBy(() -> FlatGraph.of(directory))
        .hasMessage(file + ": damaged: it holds no graph");
  }

  @Test
  void missingFileOfVariablesIsAnError(@TempDir Path directory) throws IOException {
    Path model = CorpusModel.of("mlp").directory();
    Files.copy(model.resolve("saved_model.pb"), directory.resolve("saved_model.pb"));

    assertThatThrownBy(() -> initialize(directory))
        .isInstanceOf(SavedModelException.class)
        .hasMessage(
            directory.resolve("variables").resolve("variables.index")
                + ": is missing, and without it the model's variables have no values");
  }

  @Test
  void damagedFileOfVariablesIsAnError(@TempDir Path directory) throws IOException {
    Path model = CorpusModel.of("mlp").directory();
    Path variables = Files.createDirectories(directory.resolve("variables"));
    String data = "variables.data-00000-of-00001";
    Files.copy(model.resolve("saved_model.pb"), directory.resolve("saved_model.pb"));
    Files.copy(
        model.resolve("variables").resolve("variables.index"),
        variables.resolve("variables.index"));
    byte[] whole = Files.readAllBytes(model.resolve("variables").resolve(data));
    Files.write(variables.resolve(data), Arrays.copyOf(whole, 20));

    assertThatThrownBy(() -> initialize(directory))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining(
            variables.resolve("variables") + ": the variables cannot be restored: ");
  }

  private static void initialize(Path directory) {
    FlatGraph flat = FlatGraph.of(directory);
    try (Graph graph = new Graph()) {
      graph.importGraphDef(flat.graph());
      try (Session session = new Session(graph)) {
        flat.initialize(session);
      }
    }
  }

  @Test
  void variablesThatNothingSetsAreNamed() {
    // given: a restore op that sets nothing
    FlatGraph flat = FlatGraph.of(CorpusModel.of("mlp").directory());
    StartValues.Restore saver = flat.start().restore();
    StartValues.Restore nothing =
        new StartValues.Restore(
            flat.variables().get(0).node(), saver.filename(), saver.checkpoint());
    FlatGraph unset = flat.startingWith(new StartValues(nothing, List.of(), Map.of(), Map.of()));

    try (Graph graph = new Graph()) {
      graph.importGraphDef(unset.graph());
      try (Session session = new Session(graph)) {
        // when, then
        assertThatThrownBy(() -> unset.initialize(session))
            .isInstanceOf(SavedModelException.class)
            .hasMessageContaining(unset.variables().get(0).name())
            .hasMessageContaining("are read, and neither the model's restore op");
      }
    }
  }

  private static Tensor run(
      Session session, FlatGraph flat, Map<String, Tensor> inputs, TensorName output) {
    Session.Runner runner = session.runner();
    inputs.forEach((key, tensor) -> runner.feed(String.valueOf(flat.inputs().get(key)), tensor));
    return runner.fetch(output.node(), output.index()).run().get(0);
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
    tensor.asRawTensor().data().read(bytes);
    return bytes;
  }
}
