package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NarrowProductsTest {
  @ParameterizedTest
  @CsvSource({
    "avx2 fma, false",
    "avx2 avx512f avx512_vnni, false",
    "avx512f avx512_bf16 amx_tile, true",
    "amx_bf16, true"
  })
  void flagsOfTheProcessorDecide(String flags, boolean fast, @TempDir Path directory)
      throws IOException {
    // given
    Path file = directory.resolve("cpuinfo");
    Files.writeString(file, "processor\t: 0\nflags\t\t: fpu " + flags + " sse2\nbugs\t\t:\n");

    // then
    assertThat(NarrowProducts.hasInstructions(file)).contains(fast);
  }

  @Test
  void whatNobodyTellsIsNotKnown(@TempDir Path directory) throws IOException {
    // given
    Path file = directory.resolve("cpuinfo");
    Files.writeString(file, "processor\t: 0\nFeatures\t: fp asimd bf16\n");

    // then
    assertThat(NarrowProducts.hasInstructions(file)).isEmpty();
    assertThat(NarrowProducts.hasInstructions(directory.resolve("none"))).isEmpty();
  }
}
