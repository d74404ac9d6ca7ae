package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees who gets something wrong: one line with the thing and the fix. */
class CommandFaultsTest {
  private Path root;
  private Path model;
  private Path data;

  @BeforeEach
  void create(@TempDir Path directory) throws IOException {
    root = directory;
    model = TinyBert.create(root.resolve("model"));
    data = TinyBert.data(root.resolve("data.tsv"));
  }

  @Test
  void aMisspeltOptionIsWrongUsageWithAGuess() {
    CommandRun run = finetune("--ranc 4");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("error: Unknown options: '--ranc', '4'; did you mean: --rank")
        .contains("Try 'loraplus finetune --help'")
        .doesNotContain("\tat ");
  }

  @Test
  void aMisspeltOptionThatIsRequiredIsNamedInstead() {
    CommandRun run = CommandRun.of("merge", "--model", model, "--adaptor", "x", "--out", "y");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "error: Unknown options: '--adaptor', 'x'; did you mean: --adapter"),
            line -> assertThat(line).isEqualTo("Try 'loraplus merge --help'."));
  }

  @Test
  void aMissingOptionAndAWrongValueAreWrongUsage() {
    CommandRun missing = CommandRun.of("merge", "--model", model, "--out", "x");
    CommandRun wrong = finetune("--pooling max");

    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("Missing required option: '--adapter=DIR'");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("--pooling")
        .contains("must be one of cls-pooler, mean, last-token, got 'max'");
  }

  @Test
  void aRatioBelowOne() {
    assertFault(
        finetune("--ratio 0.5"),
        "ratio: must be at least 1, got 0.5",
        "set --allow-ratio-below-one if a smaller ratio is meant");
  }

  @Test
  void aTargetThatMatchesNothing() {
    assertFault(
        finetune("--targets querry"), "target querry: matches no module; did you mean: ", "query");
  }

  @Test
  void aLabelThatIsNotOneOfTheLabels() {
    assertFault(
        finetune("--labels positive,negative"),
        data + ", line 5: label: unknown, got 'neutral', the labels are [positive, negative]");
  }

  @Test
  void anEmptyFile() throws IOException {
    Files.writeString(data, "");

    assertFault(finetune(""), data + ": is empty, at least one example is needed");
  }

  @Test
  void weightsThatAreCutOff() throws IOException {
    Path weights = model.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length - 1000));

    assertFault(finetune(""), weights.toString(), "truncated");
  }

  @Test
  void anAdapterOfAnotherModel() throws IOException {
    Path adapter = root.resolve("out");
    assertThat(finetune("").exitCode()).isZero();
    Path other = TinyBert.createShallow(root.resolve("other"));

    assertFault(
        CommandRun.of(
            "evaluate", "--model", other, "--adapter", adapter, "--data", data, "--no-header"),
        "not an adapter of this model: ",
        "load it onto the model that it was trained on");
  }

  @Test
  void aCheckpointOfAnotherRun() {
    String checkpoints = " --checkpoints " + root.resolve("points") + " --checkpoint-every 1";
    assertThat(finetune(checkpoints).exitCode()).isZero();

    assertFault(
        finetune(checkpoints + " --resume --seed 5"),
        "belongs to another run: seed was 0 and is 5");
    assertFault(finetune(checkpoints), "is not empty; continue its run with --resume");
  }

  @Test
  void settingsOfAnEvaluationWithoutData() {
    assertFault(
        finetune("--keep-best --patience 2"),
        "--keep-best, --patience: evaluation data is needed, name it with --dev");
  }

  @Test
  void ratesThatNoParameterHas() {
    assertFault(
        finetune("--embedding-lr 1e-3"),
        "--embedding-lr: there is no embedding adapter, got 0.001");
    assertFault(
        finetune("--head-lr 1e-3 --save-modules none"),
        "--head-lr: no module trains in full, got 0.001; name one in --save-modules");
  }

  @Test
  void aWarmupThatNeverEnds() {
    assertFault(finetune("--warmup 2"), "warmup: 2 steps take the whole run of 2");
    assertFault(
        run(
            "finetune --train DATA --no-header --model MODEL --epochs 2 --batch-size 4"
                + " --max-length 16 --warmup 6 --out "
                + root.resolve("out")),
        "warmup: 6 steps take the whole run of 6");
  }

  @Test
  void aMergedModelInsideItsBaseModel() {
    assertFault(
        finetune("--merged " + model.resolve("merged")),
        "merged model: must not go into the directory of its base model, " + model);
  }

  @Test
  void outputsThatWouldOverwriteTheModelOrAFile() {
    assertFault(
        run("finetune --train DATA --no-header --model MODEL --out MODEL"),
        "--out: must not be a directory that is read from, got " + model);
    assertFault(
        run("finetune --train DATA --no-header --model MODEL --out DATA"),
        "--out: must be a directory or not exist, " + data + " is a file");
    assertFault(finetune("--merged " + root.resolve("out")), "--merged: must not be the directory");
  }

  @Test
  void aModelThatIsNotThere() {
    assertFault(
        run("plan --classes 2 --model nowhere"),
        "--model: must be a directory, or one of minilm, bert-base; got 'nowhere'");
  }

  @Test
  void textsThatAreTooLongForTheModel() {
    assertFault(
        run("finetune --train DATA --no-header --model MODEL --out " + root.resolve("out")),
        "--max-length: must be at most 16, the model's longest text, got 128");
  }

  @Test
  void aTaskThatIsSaidTwiceOrNotAtAll() throws IOException {
    assertThat(finetune("").exitCode()).isZero();
    Path adapter = root.resolve("out");
    String load = "predict --text good --max-length 16 --model MODEL --adapter " + adapter;

    assertFault(run(load + " --task regression"), "task.json says them already; leave them out");
    Files.delete(adapter.resolve("task.json"));
    assertFault(run(load), "task.json: not found");
    assertFault(run(load + " --task classification"), "--labels: name the classes in the order");
    assertThat(run(load + " --labels a,b,c").exitCode()).isZero();
    assertFault(run("plan --model MODEL"), "--classes: say how many classes there are");
  }

  @Test
  void aTextWithoutAMask() throws IOException {
    Path masked = TinyBert.createMasked(root.resolve("masked"));

    assertFault(
        run("predict --max-length 16 --text good --model " + masked),
        "the text must hold the mask token [MASK] within its first --max-length tokens");
    assertFault(
        run("predict --max-length 16 --text good --top 0 --model " + masked),
        "--top: must be at least 1, got 0");
    assertFault(
        run("predict --max-length 16 --text good --task masked-lm --model MODEL"),
        "are not in the checkpoint, so the model has not learned this task");
  }

  private CommandRun finetune(String more) {
    return run(
        ("finetune --train DATA --no-header --model MODEL --steps 2 --batch-size 4 --max-length 16"
                + " --out "
                + root.resolve("out")
                + " "
                + more)
            .strip());
  }

  private CommandRun run(String command) {
    return CommandRun.of(
        Stream.of(command.split(" +"))
            .map(word -> word.equals("MODEL") ? model.toString() : word)
            .map(word -> word.equals("DATA") ? data.toString() : word)
            .toArray());
  }

  private static void assertFault(CommandRun run, String... parts) {
    assertThat(run.err()).startsWith("error: ").contains(parts);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(1);
  }
}
