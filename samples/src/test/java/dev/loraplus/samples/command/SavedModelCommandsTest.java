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
