package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The peer's run in a process of its own. */
final class PeerEpochs implements EpochSide {
  private final Process process;
  private final BufferedReader answers;
  private final Writer orders;

  PeerEpochs(List<String> command) throws IOException {
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
  }

  @Override
  public String name() {
    return "peft, grouped";
  }

  @Override
  public Epoch run() throws IOException {
    orders.write("\n");
    orders.flush();
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the peer ended early; run its script by hand to see why");
    }
    JsonNode answer = new ObjectMapper().readTree(line);
    return new Epoch(
        answer.path("steps").asInt(),
        answer.path("seconds").asDouble(),
        answer.path("processor_seconds").asDouble(),
        answer.path("loss").asDouble(),
        answer.path("places").asLong());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
