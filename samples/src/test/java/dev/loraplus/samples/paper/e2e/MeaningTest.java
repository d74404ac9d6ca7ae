package dev.loraplus.samples.paper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeaningTest {
  private final Path root;

  MeaningTest(@TempDir Path root) {
    this.root = root;
  }

  @Test
  void attributesBecomeAPrompt() {
    assertThat(meaning("name[The Mill], near[Café A, B], priceRange[£20-25]").prompt())
        .isEqualTo("name : The Mill | near : Café A, B | priceRange : £20-25 ||");
    assertThat(meaning("name : Cotto | food : Indian ").prompt())
        .isEqualTo("name : Cotto | food : Indian ||");
    assertThat(meaning("name[The Mill] and more").prompt()).isEqualTo("name[The Mill] and more ||");
  }

  @Test
  void rowsOfOneMeaningBecomeOneWhereverTheyStand() throws IOException {
    Path csv =
        Files.writeString(
            root.resolve("a.csv"),
            "mr,ref\n\"name[A], food[B]\",one\nname[C],two\n\"name[A], food[B]\",\"three, four\"\n");
    Path txt = Files.writeString(root.resolve("a.txt"), "name : A||one\nname : C||two || more\n");

    assertThat(MeaningFile.read("--train", csv))
        .containsExactly(
            new Meaning("name[A], food[B]", List.of("one", "three, four")),
            new Meaning("name[C]", List.of("two")));
    assertThat(MeaningFile.read("--train", txt))
        .containsExactly(
            new Meaning("name : A", List.of("one")),
            new Meaning("name : C", List.of("two || more")));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path bad = Files.writeString(root.resolve("a.txt"), "name : A||one\nno text\n");

    assertThatThrownBy(() -> MeaningFile.read("--test", bad))
        .hasMessage(bad + ", line 2: must be a meaning and a text with || between, got 'no text'");
    assertThatThrownBy(() -> MeaningFile.read("--test", Path.of("a.json")))
        .hasMessageStartingWith("--test: must be a .csv file with the columns mr and ref");
    assertThatThrownBy(() -> MeaningFile.read("--test", root.resolve("none.csv")))
        .hasMessageContaining("none.csv: no such file");
  }

  private static Meaning meaning(String representation) {
    return new Meaning(representation, List.of("x"));
  }
}
