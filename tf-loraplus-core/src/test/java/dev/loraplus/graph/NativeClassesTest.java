package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.Compilation;
import dev.loraplus.fixture.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;

class NativeClassesTest {
  /** Uses names, attributes, text and messages, each of which has native classes of its own. */
  static final class FirstUse {
    private FirstUse() {}

    public static void main(String[] arguments) {
      NativeRuntime.configure();
      try (Graph graph = new Graph();
          TString text = TString.scalarOf("text")) {
        Ops tf = Ops.create(graph);
        Operand<TString> fed = tf.identity(tf.constant("constant"));
        try (Session session = Sessions.open(graph, Compilation.NONE)) {
          session.runner().feed(fed, text).fetch(tf.identity(fed)).run().close();
          graph.toGraphDef();
        }
      }
      System.out.println("looked for " + ObsoleteCuda.found().keySet());
    }
  }

  @Test
  void noneOfThemLooksForCuda11WhenItIsFirstUsed(@TempDir Path directory) throws IOException {
    // A process of its own: here other tests may have used TensorFlow before us.
    Process process = JavaProcess.start(FirstUse.class, directory);
    try (BufferedReader output = process.inputReader()) {
      String looked =
          output.lines().filter(line -> line.startsWith("looked for")).findFirst().orElseThrow();

      assertThat(looked).contains("jnitensorflow").doesNotContain("cudnn", "nvinfer");
    } finally {
      process.destroyForcibly();
    }
  }
}
