package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** The peer's run in a process of its own. */
final class PeerEpochs implements EpochSide {
  private final AskedProcess process;

  PeerEpochs(List<String> command) throws IOException {
    this.process = new AskedProcess(command, ProcessBuilder.Redirect.DISCARD);
  }

  @Override
  public String name() {
    return "peft, grouped";
  }

  @Override
  public Epoch run() throws IOException {
    JsonNode answer = process.ask("");
    return new Epoch(
        answer.path("steps").asInt(),
        answer.path("seconds").asDouble(),
        answer.path("processor_seconds").asDouble(),
        answer.path("loss").asDouble(),
        answer.path("places").asLong());
  }

  @Override
  public void close() {
    process.close();
  }
}
