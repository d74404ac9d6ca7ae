package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.Compilation;
import dev.loraplus.fixture.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Print;
import org.tensorflow.types.TFloat32;

class RunsTest {
  private static final int SIGTERM = 15;

  /** Multiplies matrices, a second or so for each run, until it is ended. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] arguments) {
      NativeRuntime.configure();
      try (Graph graph = new Graph();
          Session session = Sessions.open(graph, Compilation.NONE)) {
        Ops tf = Ops.create(graph);
        Operand<TFloat32> start = tf.placeholder(TFloat32.class);
        Operand<TFloat32> product = start;
        for (int i = 0; i < 60; i++) {
          product = tf.math.tanh(tf.linalg.matMul(product, start));
        }
        // By TensorFlow: after the run this thread may not get to print anything.
        Operand<TFloat32> last =
            tf.withControlDependencies(List.of(printed(tf, product))).identity(product);
        try (TFloat32 zeros = TFloat32.tensorOf(Shape.of(1024, 1024))) {
          zeros.scalars().forEach(each -> each.setFloat(0));
          while (true) {
            System.out.println("running");
            Runs.run(session.runner().feed(start, zeros).fetch(last)).close();
          }
        }
      }
    }

    private static Op printed(Ops tf, Operand<TFloat32> product) {
      return tf.withControlDependencies(List.of(product))
          .print(tf.constant("done"), Print.outputStream("stdout"));
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aProcessThatIsEndedFinishesItsRunAndDoesNotCrash(@TempDir Path directory)
      throws IOException, InterruptedException {
    for (int i = 0; i < 2; i++) {
      Process process = JavaProcess.start(Endless.class, directory);
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        // The second run, since the first one rewrites the graph.
        awaitRunning(output);
        awaitRunning(output);
        // Now it is sure to be under way, and not over: it takes a second, on large machines a
        // tenth.
        Thread.sleep(50);
        // Not by Process, which would close its output.
        process.toHandle().destroy();
        String rest = String.join("\n", output.lines().toList());

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(rest).contains("done").doesNotContain("fatal error");
        assertThat(process.exitValue()).isEqualTo(128 + SIGTERM);
        assertThat(directory).isEmptyDirectory();
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static void awaitRunning(BufferedReader output) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("running")) {
        return;
      }
    }
    throw new AssertionError("the process ended by itself");
  }
}
