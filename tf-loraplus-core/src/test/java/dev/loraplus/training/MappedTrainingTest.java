package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.TargetModules;
import dev.loraplus.fixture.LargerBert;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.graph.ResourceVariable;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.PretrainedModel;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Frozen weights that are pages of the checkpoint train nothing else than copies do. */
@EnabledOnOs(OS.LINUX)
final class MappedTrainingTest {
  private static final String PROPERTY = "dev.loraplus.mapWeights";

  private final Path directory;
  private final Path file;
  private final byte[] checkpoint;

  MappedTrainingTest(@TempDir Path directory) throws IOException {
    this.directory = LargerBert.create(directory.resolve("model"));
    this.file = this.directory.resolve("model.safetensors");
    this.checkpoint = Files.readAllBytes(file);
  }

  @AfterEach
  void theFileIsAsItWasAndLetGo() throws IOException {
    System.clearProperty(PROPERTY);
    assertThat(Files.readAllBytes(file)).isEqualTo(checkpoint);
    assertThat(LargerBert.isMapped(file)).isFalse();
  }

  static Stream<LoraConfig> configurations() {
    return Stream.of(
        TinyBert.queryAndValue(),
        LoraConfig.of(1, 1, TargetModules.fullTraining()),
        config(LoraInit.KAIMING_UNIFORM, LoraVariant.DORA, List.of("intermediate.dense")),
        config(LoraInit.PISSA, LoraVariant.PLAIN, List.of()),
        config(LoraInit.OLORA, LoraVariant.PLAIN, List.of("pooler.dense")));
  }

  private static LoraConfig config(LoraInit init, LoraVariant variant, List<String> saved) {
    return LoraConfig.of(2, 4, TargetModules.named("query", "value"))
        .withBias(BiasMode.ALL)
        .withModulesToSave(saved.isEmpty() ? Optional.empty() : Optional.of(saved))
        .withInit(init)
        .withVariant(variant);
  }

  /** Every variable after a run and a new start, and whether the file was mapped. */
  private List<float[]> trained(LoraConfig lora, boolean mapped) {
    System.setProperty(PROPERTY, Boolean.toString(mapped));
    List<float[]> values = new ArrayList<>();
    try (TinyRun.Started run = new TinyRun(directory).lora(lora).start()) {
      boolean full = lora.targets().equals(TargetModules.fullTraining());
      assertThat(LargerBert.isMapped(file)).isEqualTo(mapped && !full);
      run.run();
      values.addAll(values(run.model()));
      run.model().restart(99);
      values.addAll(values(run.model()));
    }
    return values;
  }

  private static List<float[]> values(AdaptedModel model) {
    List<float[]> values = new ArrayList<>();
    try (Result result = VariableStore.read(model.session(), model.variables().all())) {
      result.forEach(entry -> values.add(Numbers.of((TFloat32) entry.getValue())));
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void everyVariableEndsWithTheBitsOfARunOnCopies(LoraConfig lora) {
    List<float[]> expected = trained(lora, false);
    List<float[]> actual = trained(lora, true);

    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }
  }

  private AdaptedModel model() {
    return AdaptedModel.build(
        Architectures.read(directory, TinyBert.TASK),
        WeightSource.open(directory),
        TinyBert.queryAndValue(),
        5);
  }

  @Test
  void mergingAndUnmergingLeaveTheFileAlone() {
    try (AdaptedModel model = model()) {
      List<float[]> before = values(model);
      model.merge();
      model.unmerge();
      List<float[]> after = values(model);
      for (int i = 0; i < before.size(); i++) {
        assertThat(after.get(i)).isEqualTo(before.get(i));
      }
    }
  }

  @Test
  void anUpdateInPlaceOfEveryWeightChangesCopies() {
    // given: a file of which one weight after the other is no longer used
    try (AdaptedModel model = model()) {
      for (ResourceVariable variable : model.variables().all()) {
        Op twice =
            model.tf().assignAddVariableOp(variable.handle(), model.tf().identity(variable.held()));
        float[] before = values(model, variable);

        // when
        model.session().runner().addTarget(twice).run().close();

        // then
        float[] after = values(model, variable);
        for (int i = 0; i < after.length; i++) {
          assertThat(after[i]).isEqualTo(2 * before[i]);
        }
      }
    }
  }

  private static float[] values(AdaptedModel model, ResourceVariable variable) {
    try (Result result = VariableStore.read(model.session(), List.of(variable))) {
      return Numbers.of((TFloat32) result.get(0));
    }
  }

  @Test
  void aPretrainedModelKeepsTheFileAfterItsSourceIsClosed() {
    PretrainedModel model;
    try (WeightSource source = WeightSource.open(directory)) {
      model = PretrainedModel.load(Architectures.read(directory, TinyBert.TASK), source);
    }
    try (model) {
      assertThat(LargerBert.isMapped(file)).isTrue();
    }
  }
}
