package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export --model}: SavedModels of networks built here. */
class NetworkExportCommandTest {
  private static Path root;
  private static String model;
  private static String adapter;

  @BeforeAll
  static void finetune(@TempDir Path directory) throws IOException {
    root = directory;
    model = TinyBert.create(root.resolve("model")).toString();
    adapter = root.resolve("adapter").toString();
    CommandRun run =
        CommandRun.of(
            "finetune",
            "--model",
            model,
            "--train",
            TinyBert.data(root.resolve("data.tsv")).toString(),
            "--no-header",
            "--out",
            adapter,
            "--steps",
            "2",
            "--batch-size",
            "4",
            "--max-length",
            "16");
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void everyKindIsWritten() {
    // given
    String merged = root.resolve("merged").toString();
    String separate = root.resolve("separate").toString();
    String trainable = root.resolve("trainable").toString();

    // when
    CommandRun run =
        export(
            "--merged", merged, "--separate", separate, "--trainable", trainable, "--ratio", "4");

    // then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("merged model: " + merged)
        .contains("model with adapters apart: " + separate)
        .contains("model that trains: " + trainable);
    assertThat(CommandRun.of("inspect", separate, "--signature", "switchable").out())
        .contains("input   adapters float []")
        .contains("input   input_ids int32 [?, ?]")
        .contains("output  logits float [?, 3]");
    assertThat(CommandRun.of("inspect", trainable, "--signature", "evaluate").out())
        .contains("signature train")
        .contains("input   labels int32 [?]")
        .contains("input   learning_rate float []");
  }

  @Test
  void modelWithoutAdapterIsExportedAsItIs() {
    String plain = root.resolve("plain").toString();

    CommandRun run = CommandRun.of("export", "--model", model, "--merged", plain);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(CommandRun.of("inspect", plain).out()).contains("output  logits float [?, 3]");
  }

  @Test
  void optionsWithoutEffectAreRefused() {
    String out = root.resolve("refused").toString();

    assertThat(export("--merged", out, "--ratio", "4", "--clip", "1").err())
        .contains("--clip, --ratio: has no effect here, only --trainable learns; leave it out");
    assertThat(export("--trainable", out, "--schedule", "linear").err())
        .contains("the learning rate of --trainable is an input of each step");
    assertThat(export("--merged", out, "--signature", "predict").err())
        .contains("--signature: has no effect here");
    assertThat(export().err()).contains("--merged or --separate: one of them must be given");
    assertThat(CommandRun.of("export", "--model", model, "--separate", out).err())
        .contains("--adapter: must be given for --separate");
    assertThat(CommandRun.of("export", model, "--adapter", adapter, "--trainable", out).err())
        .contains("--trainable: has no effect here, adapt writes it, which knows the loss");
    assertThat(CommandRun.of("export", "--merged", out).err())
        .contains("either a SAVED_MODEL or --model must be given");
    assertThat(root.resolve("refused")).doesNotExist();
  }

  private static CommandRun export(String... options) {
    String[] arguments = new String[options.length + 5];
    arguments[0] = "export";
    arguments[1] = "--model";
    arguments[2] = model;
    arguments[3] = "--adapter";
    arguments[4] = adapter;
    System.arraycopy(options, 0, arguments, 5, options.length);
    return CommandRun.of((Object[]) arguments);
  }
}
