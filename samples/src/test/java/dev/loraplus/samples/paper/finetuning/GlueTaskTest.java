package dev.loraplus.samples.paper.finetuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The headers are those of GLUE's download. */
class GlueTaskTest {
  @TempDir Path glue;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QQP|dev.tsv|id qid1 qid2 question1 question2 is_duplicate|7 1 2 first second 1|1",
        "QNLI|dev.tsv|index question sentence label|7 first second not_entailment|not_entailment",
        "MRPC|dev.tsv|Quality #1_ID #2_ID #1_String #2_String|1 11 12 first second|1",
        "RTE|dev.tsv|index sentence1 sentence2 label|7 first second entailment|entailment",
        "MNLI|dev_matched.tsv|index promptID pairID genre sentence1_binary_parse"
            + " sentence2_binary_parse sentence1_parse sentence2_parse sentence1 sentence2 label1"
            + " label2 label3 label4 label5 gold_label|7 1 1e fiction ( ( ( ( first second neutral"
            + " neutral neutral neutral neutral neutral|neutral"
      })
  void pairsAreReadByTheNamesOfTheirColumns(
      GlueTask task, String file, String header, String line, String label) throws IOException {
    String names = task == GlueTask.MRPC ? tabs(header).replace('_', ' ') : tabs(header);
    write(task, file, names + "\n" + tabs(line) + "\n");

    Dataset data = task.development(glue);

    assertThat(data.examples())
        .containsExactly(Example.labelled("first", label).withPair("second"));
    assertThat(task.labels()).contains(label);
  }

  @Test
  void colaHasNoHeader() throws IOException {
    write(GlueTask.COLA, "train.tsv", "gj04\t0\t*\tThey drank the pub.\n");

    assertThat(GlueTask.COLA.training(glue).examples())
        .containsExactly(Example.labelled("They drank the pub.", "0"));
    assertThat(GlueTask.COLA.metric()).isEqualTo("matthews_correlation");
  }

  @Test
  void sst2IsReadWithAndWithoutItsHeader() throws IOException {
    write(GlueTask.SST_2, "train.tsv", "sentence\tlabel\na good film\t1\n");
    write(GlueTask.SST_2, "dev.tsv", "a good film\t1\n");

    assertThat(GlueTask.SST_2.training(glue).examples())
        .containsExactlyElementsOf(GlueTask.SST_2.development(glue).examples())
        .containsExactly(Example.labelled("a good film", "1"));
  }

  @Test
  void stsBHasScores() throws IOException {
    String header = "index genre filename year old_index source1 source2 sentence1 sentence2 score";
    write(
        GlueTask.STS_B,
        "dev.tsv",
        tabs(header) + "\n" + tabs("0 n f 2012 1 s s first second 3.8") + "\n");

    assertThat(GlueTask.STS_B.development(glue).examples())
        .containsExactly(Example.scored("first", 3.8).withPair("second"));
    assertThat(GlueTask.STS_B.labels()).isEmpty();
  }

  @Test
  void missingFilesAreNamed() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> GlueTask.MNLI.development(glue))
        .withMessageContaining("must be a directory with MNLI/dev_matched.tsv");
  }

  private void write(GlueTask task, String name, String text) throws IOException {
    Path folder = Files.createDirectories(glue.resolve(task.displayName()));
    Files.writeString(folder.resolve(name), text);
  }

  private static String tabs(String words) {
    return words.replace(' ', '\t');
  }
}
