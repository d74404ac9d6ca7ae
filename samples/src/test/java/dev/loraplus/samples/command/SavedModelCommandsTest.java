package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedModelCommandsTest {
  private static final String MODEL =
      Path.of("..", "tf-loraplus-core", "src", "test", "resources", "savedmodels", "mlp")
          .toString();
  private static final int ROWS = 24;

  @TempDir Path temporary;

  @Test
  void inspectListsSignaturesAndWeights() {
    CommandRun run = CommandRun.of("inspect", MODEL);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("signature serving_default")
        .contains("input   features float [?, 8]")
        .containsPattern("mlp\\.hidden\\.kernel +\\[8, 16\\] +adapter beside MatMul")
        .containsPattern("mlp\\.hidden\\.bias +\\[16\\] +is no matrix");
  }

  @Test
  void adaptTrainsOnAnNpzAndExportWritesSavedModels() throws IOException {
    Path data = temporary.resolve("train.npz");
    writeNpz(data);
    String adapter = temporary.resolve("adapter").toString();
    String merged = temporary.resolve("merged").toString();
    String separate = temporary.resolve("separate").toString();

    CommandRun trained =
        CommandRun.of(
            "adapt",
            MODEL,
            "--data",
            data.toString(),
            "--output",
            "output_0",
            "--loss",
            "logits",
            "--targets",
            "hidden,head",
            "--rank",
            "2",
            "--lr",
            "1e-2",
            "--ratio",
            "4",
            "--epochs",
            "5",
            "--batch",
            "8",
            "--out",
            adapter,
            "--trainable",
            temporary.resolve("trainable").toString());
    CommandRun exported =
        CommandRun.of(
            "export", MODEL, "--adapter", adapter, "--merged", merged, "--separate", separate);

    assertThat(trained.err()).isEmpty();
    assertThat(trained.out()).contains("group B").contains("epoch 5: mean loss");
    double first = loss(trained.out(), 1);
    assertThat(loss(trained.out(), 5)).isLessThan(0.9 * first);
    assertThat(exported.out()).contains("merged model: " + merged);
    assertThat(CommandRun.of("inspect", merged).out()).contains("mlp.hidden.kernel");
    assertThat(CommandRun.of("inspect", separate, "--signature", "switchable").out())
        .contains("input   adapters float []");
  }

  @Test
  void arraysOfOtherNamesAreAnError() throws IOException {
    Path data = temporary.resolve("train.npz");
    writeNpz(data);

    CommandRun run =
        CommandRun.of(
            "adapt",
            MODEL.replace("mlp", "gru"),
            "--data",
            data.toString(),
            "--output",
            "output_0",
            "--loss",
            "logits",
            "--out",
            temporary.resolve("out").toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("must hold the arrays [labels, series], has [features, labels]");
  }

  @Test
  void adaptScoresDevelopmentDataAndContinuesFromCheckpoints() throws IOException {
    Path train = temporary.resolve("train.tsv");
    Path dev = temporary.resolve("dev.jsonl");
    Files.writeString(train, "class\tnumbers\tnote\n" + rows(24, "%2$s\t%1$s\tn\n"));
    Files.writeString(dev, rows(9, "{\"class\": \"%2$s\", \"numbers\": %1$s}\n"));
    String whole = temporary.resolve("whole").toString();
    String continued = temporary.resolve("continued").toString();
    String kept = temporary.resolve("kept").toString();

    CommandRun first = adapt(train, dev, "--out", whole);
    CommandRun checkpointed =
        adapt(train, dev, "--out", continued, "--checkpoints", kept, "--checkpoint-every", "4");
    CommandRun resumed =
        adapt(
            train,
            dev,
            "--out",
            continued,
            "--checkpoints",
            kept,
            "--checkpoint-every",
            "4",
            "--resume");

    assertThat(first.err()).isEmpty();
    assertThat(first.out())
        .contains("train.tsv: nothing takes note")
        .containsPattern("step 9: loss \\d\\.\\d+  accuracy \\d\\.\\d+  macro_f1")
        .contains("done after 9 steps")
        .containsPattern("best, step \\d: loss");
    assertThat(checkpointed.exitCode()).isZero();
    assertThat(resumed.out()).contains("continuing after step 8");
    assertThat(Path.of(continued, "adapter_model.safetensors"))
        .hasSameBinaryContentAs(Path.of(whole, "adapter_model.safetensors"));
  }

  @Test
  void labelOutOfRangeNamesFileLineAndRule() throws IOException {
    Path train = temporary.resolve("train.tsv");
    Files.writeString(train, "features\tlabels\n[1,2,3,4,5,6,7,8]\t3\n");

    CommandRun run =
        CommandRun.of(
            "adapt",
            MODEL,
            "--data",
            train.toString(),
            "--output",
            "output_0",
            "--loss",
            "logits",
            "--out",
            temporary.resolve("out").toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("train.tsv, line 2: 'labels': must be from 0 to 2, got 3");
  }

  private static CommandRun adapt(Path train, Path dev, String... more) {
    return CommandRun.of(
        Stream.concat(
                Stream.of(
                    "adapt",
                    MODEL,
                    "--data",
                    train.toString(),
                    "--dev",
                    dev.toString(),
                    "--column",
                    "features=numbers",
                    "--column",
                    "labels=class",
                    "--labels",
                    "low,mid,high",
                    "--output",
                    "output_0",
                    "--loss",
                    "logits",
                    "--targets",
                    "hidden",
                    "--rank",
                    "2",
                    "--lr",
                    "1e-2",
                    "--epochs",
                    "3",
                    "--batch",
                    "8",
                    "--keep-best",
                    "--metric",
                    "loss"),
                Arrays.stream(more))
            .toArray());
  }

  private static String rows(int count, String format) {
    StringBuilder rows = new StringBuilder();
    for (int row = 0; row < count; row++) {
      int label = row % 3;
      List<Double> numbers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        numbers.add(i == label ? 2.0 : 0.1 * ((row + i) % 5));
      }
      rows.append(String.format(format, numbers, List.of("low", "mid", "high").get(label)));
    }
    return rows.toString();
  }

  private static double loss(String out, int epoch) {
    String start = "epoch " + epoch + ": mean loss ";
    int at = out.indexOf(start) + start.length();
    return Double.parseDouble(out.substring(at, out.indexOf('\n', at)).trim());
  }

  /** What numpy.savez writes: the class of a row is where its largest number is. */
  private static void writeNpz(Path file) throws IOException {
    byte[] featureBytes = new byte[ROWS * 8 * Float.BYTES];
    byte[] labelBytes = new byte[ROWS * Long.BYTES];
    ByteBuffer features = ByteBuffer.wrap(featureBytes).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer labels = ByteBuffer.wrap(labelBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < ROWS; row++) {
      labels.putLong(row % 3);
      for (int i = 0; i < 8; i++) {
        features.putFloat(i == row % 3 ? 2f : 0.1f * ((row + i) % 5));
      }
    }
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      write(zip, "features.npy", "'<f4', 'fortran_order': False, 'shape': (24, 8)", featureBytes);
      write(zip, "labels.npy", "'<i8', 'fortran_order': False, 'shape': (24,)", labelBytes);
    }
  }

  private static void write(ZipOutputStream zip, String name, String header, byte[] data)
      throws IOException {
    byte[] text = ("{'descr': " + header + ", }\n").getBytes(StandardCharsets.ISO_8859_1);
    zip.putNextEntry(new ZipEntry(name));
    zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    zip.write(new byte[] {(byte) text.length, (byte) (text.length >> 8)});
    zip.write(text);
    zip.write(data);
    zip.closeEntry();
  }
}
