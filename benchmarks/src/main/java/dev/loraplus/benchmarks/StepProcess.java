package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One side of a comparison in a process of its own, which takes steps when it is told to. */
final class StepProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedReader answers;
  private final Writer orders;
  private final JsonNode ready;

  StepProcess(List<String> command) throws IOException {
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
    this.ready = answer();
  }

  /** Megabytes that the process says a step should take. */
  double estimate() {
    return ready.path("estimate").asDouble();
  }

  /** Seconds of processor time so far. */
  double processorSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  Timing run(int steps) throws IOException {
    orders.write(steps + "\n");
    orders.flush();
    JsonNode answer = answer();
    double[] milliseconds = new double[steps];
    for (int i = 0; i < steps; i++) {
      milliseconds[i] = answer.path("milliseconds").path(i).asDouble();
    }
    return new Timing(milliseconds, answer.path("loss").asDouble());
  }

  /** What the process takes of the machine's memory. */
  ProcessMemory memory() throws IOException {
    return ProcessMemory.of(process.pid());
  }

  private JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("a process ended early; what it said stands above");
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() {
    // The next process must not share the machine with this one.
    process.destroyForcibly().onExit().join();
  }
}
