package dev.loraplus.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.fixture.TinyBert;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record that is not what happens here, or that is damaged, does not pass. */
final class ConformanceSuiteTest {
  private static final String CASE = "qv_adamw_cosine_clip";

  @TempDir private Path directory;
  private Path recorded;

  @BeforeEach
  void copyOneCase() throws IOException {
    copy(TinyBert.directory(), directory.resolve("bases/bert-cls"));
    recorded = directory.resolve("cases").resolve(CASE);
    copy(TinyBert.referenceCase(CASE), recorded);
  }

  @Test
  void theCopyPasses() {
    // when
    CaseResult result = repeat();

    // then
    assertThat(result.passed()).isTrue();
    assertThat(result.errors().orElseThrow().logits().error()).isPositive();
  }

  @Test
  void anotherLossFailsWithItsStep() {
    // given
    editCase(json -> json.replaceFirst("\"losses\": \\[\\s+[0-9.]+", "\"losses\": [\n  0.5"));

    // when
    CaseResult result = repeat();

    // then
    assertThat(result.failure().orElseThrow()).startsWith("loss of step 0 off by ");
    assertThat(result.errors().orElseThrow().losses().where()).isEqualTo("step 0");
  }

  @Test
  void anotherRatioFailsInRatesAndTensors() {
    // given
    editCase(json -> json.replace("\"ratio\": 16.0", "\"ratio\": 15.9"));

    // when
    CaseResult result = repeat();

    // then
    assertThat(result.failure().orElseThrow()).contains("rate of group B").contains("adapter of ");
  }

  @Test
  void aParameterInAnotherGroupFailsWithItsName() {
    // given
    String name = "base_model.model.classifier.modules_to_save.default.weight";
    editCase(json -> json.replaceFirst("(\"groups\": (?s:.)*?)\"" + name + "\"", "$1\"other\""));

    // when
    CaseResult result = repeat();

    // then
    assertThat(result.failure()).contains("groups: group A must have other and not " + name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kind\": \"cosine\"|\"kind\": \"rainbow\"|schedule: kind must be one of cosine, linear,",
        "\"cls\": \"AdamW\"|\"cls\": \"Lion\"|update rule: must be one of adamw, adam, sgd, lorafa",
        "\"ratio\": 16.0|\"ratio\": 16.0, \"amsgrad\": true|optimizer: amsgrad of AdamW is not",
        "\"ratio\": 16.0|\"ratio\": 16.0, \"hue\": 1|optimizer: [hue] of AdamW is not supported",
        "\"base\": \"bert-cls\"|\"base\": \"bart\"|config.json: not found",
        "\"losses\"|\"lasses\"|'losses' is missing",
      })
  void aSettingThatCannotBeRepeatedIsTheReason(String from, String to, String reason) {
    // given
    editCase(json -> json.replace(from, to));

    // when
    CaseResult result = repeat();

    // then
    assertThat(result.errors()).isEmpty();
    assertThat(result.failure().orElseThrow()).contains(reason).doesNotContain("\n");
  }

  @Test
  void aDamagedTensorOrMissingFileFailsAndTheRestGoesOn() throws IOException {
    // given
    Path broken = directory.resolve("cases/broken");
    copy(recorded, broken);
    Path tensors = broken.resolve("adapter_init/adapter_model.safetensors");
    byte[] bytes = Files.readAllBytes(tensors);
    Files.write(tensors, Arrays.copyOf(bytes, bytes.length - 5));
    Path empty = Files.createDirectories(directory.resolve("cases/empty"));

    // when
    ConformanceSuite suite = ConformanceSuite.open(directory);

    // then
    assertThat(suite.cases()).containsExactly("broken", "empty", CASE);
    assertThat(suite.repeat("broken").failure().orElseThrow())
        .contains("adapter_model.safetensors: truncated");
    assertThat(suite.repeat("empty").failure())
        .contains(empty.resolve("case.json") + ": not found");
    assertThat(suite.repeat(CASE).passed()).isTrue();
  }

  @Test
  void otherExpectedLogitsFailAndNoneAreNotChecked() throws IOException {
    // given
    Path file = directory.resolve("bases/bert-cls/expected_logits.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);

    // when
    BaseResult changed = ConformanceSuite.open(directory).check("bert-cls");
    Files.delete(file);
    BaseResult unchecked = ConformanceSuite.open(directory).check("bert-cls");

    // then
    assertThat(changed.passed()).isFalse();
    assertThat(changed.failure().orElseThrow()).startsWith("logits off by ");
    assertThat(unchecked.passed()).isTrue();
    assertThat(unchecked.logitsError()).isEmpty();
  }

  @Test
  void aFolderOfAnotherLayoutIsRefused(@TempDir Path empty) throws IOException {
    assertRefused(empty.resolve("nowhere"), "nowhere: no such folder");
    assertRefused(empty, "must hold the folders bases/ and cases/, has no bases/");
    Files.createDirectories(empty.resolve("bases"));
    assertRefused(empty, "must hold the folders bases/ and cases/, has no cases/");
    Files.createDirectories(empty.resolve("cases"));
    assertRefused(empty, "holds no case");
  }

  private static void assertRefused(Path folder, String reason) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConformanceSuite.open(folder))
        .withMessageContaining(reason);
  }

  private CaseResult repeat() {
    return ConformanceSuite.open(directory).repeat(CASE);
  }

  private void editCase(UnaryOperator<String> edit) {
    try {
      Path file = recorded.resolve("case.json");
      String before = Files.readString(file);
      String after = edit.apply(before);
      assertThat(after).isNotEqualTo(before);
      Files.writeString(file, after);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
