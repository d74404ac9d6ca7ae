package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes steps when it is told to, as the peer's script does; other commands start it. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Reads numbers of steps from standard input, takes them, and answers with a line of JSON each:",
      "the milliseconds of a step and the last loss."
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private StepShape shape;

  @Option(names = "--adapter", description = "An adapter to start from.")
  private @Nullable Path adapter;

  @Override
  public Integer call() throws IOException {
    ObjectMapper json = new ObjectMapper();
    try (OwnStep own = new OwnStep(shape.written(), shape, StepShape.RATE, StepShape.RATIO);
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      if (adapter != null) {
        own.loadAdapter(adapter);
      }
      answer(json.writeValueAsString(Map.of("ready", true, "estimate", own.estimate())));
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        Timing timing = own.run(Integer.parseInt(line));
        answer(
            json.writeValueAsString(
                Map.of("milliseconds", timing.milliseconds(), "loss", timing.loss())));
      }
    }
    return 0;
  }

  private static void answer(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
