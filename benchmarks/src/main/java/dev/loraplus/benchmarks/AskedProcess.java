package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A process that answers each line that it is told with a line of JSON. */
final class AskedProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> command;
  private final Process process;
  private final BufferedReader answers;
  private final Writer orders;

  AskedProcess(List<String> command, ProcessBuilder.Redirect errors) throws IOException {
    this.command = List.copyOf(command);
    this.process = new ProcessBuilder(command).redirectError(errors).start();
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** What the operating system knows of it. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Tells it a line and waits for the answer. */
  JsonNode ask(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
    return answer();
  }

  /** Waits for what it says by itself. */
  JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(
          "a process ended early; what it said stands above, or run it by hand to see why: "
              + String.join(" ", command));
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() {
    // The next process must not share the machine with this one.
    process.destroyForcibly().onExit().join();
  }
}
