package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.Compilation;
import dev.loraplus.graph.LibraryPages.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class LibraryPagesTest {
  @Test
  void onlyCodeAndWhatStandsBeforeItCanBeReadAgain() {
    List<String> lines =
        List.of(
            "7f7af4a00000-7f7afd9a0000 r--p 00000000 fe:00 123   /home/a b/libtensorflow_cc.so.2",
            "7f7afd9a0000-7f7b0f770000 r-xp 08f9f000 fe:00 123   /home/a b/libtensorflow_cc.so.2",
            "7f7b0f770000-7f7b0fda2000 r--p 1ad6e000 fe:00 123   /home/a b/libtensorflow_cc.so.2",
            "7f7b0fda2000-7f7b0fde5000 rw-p 1b39f000 fe:00 123   /home/a b/libtensorflow_cc.so.2",
            "7f7b34c00000-7f7b359f9000 r--p 00000000 fe:00 124   /usr/lib/libc.so.6",
            "7f7b36000000-7f7b36001000 r-xp 00000000 00:00 0     ",
            "7ffd0c5f0000-7ffd0c5f2000 r-xp 00000000 00:00 0     [vdso]",
            "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]",
            "no mapping");

    assertThat(LibraryPages.unwritten(lines))
        .containsExactly(
            new Mapping(0x7f7af4a00000L, 0x8fa0000L), new Mapping(0x7f7afd9a0000L, 0x11dd0000L));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theLibraryWorksOnWithoutThePagesThatItGaveBack() throws IOException {
    // given: pages that were read
    NativeRuntime.configure();
    float before = sumOfSquares();
    long read = resident();

    // when
    LibraryPages.giveBack();

    // then
    assertThat(resident()).isLessThan(read / 2);
    assertThat(sumOfSquares()).isEqualTo(before).isEqualTo(14);
  }

  private static float sumOfSquares() {
    try (Graph graph = new Graph();
        Session session = Sessions.open(graph, Compilation.NONE)) {
      Ops tf = Ops.create(graph);
      var numbers = tf.constant(new float[] {1, 2, 3});
      try (var result =
          session.runner().fetch(tf.sum(tf.math.square(numbers), tf.constant(0))).run()) {
        return ((TFloat32) result.get(0)).getFloat();
      }
    }
  }

  /** Kilobytes of TensorFlow's libraries in memory. */
  private static long resident() throws IOException {
    long kilobytes = 0;
    boolean counted = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        counted = line.contains("libtensorflow");
      } else if (counted && line.startsWith("Rss:")) {
        kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return kilobytes;
  }
}
