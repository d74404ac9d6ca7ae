package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.graph.Gpus;
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
    name = ServeCommand.NAME,
    mixinStandardHelpOptions = true,
    description = {
      "Reads orders from standard input, and answers each with a line of JSON. A number of steps is",
      "answered with the milliseconds of a step and the last loss, 'peak' with the GFLOP/s of large",
      "products."
    })
final class ServeCommand implements Callable<Integer> {
  static final String NAME = "serve";

  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private StepShape shape;

  @Option(names = "--adapter", description = "An adapter to start from.")
  private @Nullable Path adapter;

  @Option(names = "--save-adapter", description = "Writes the fresh adapter here.")
  private @Nullable Path saved;

  @Option(
      names = "--ratio",
      defaultValue = "" + StepShape.RATIO,
      description = "Rate of B over that of A (default: ${DEFAULT-VALUE}).")
  private double ratio;

  @Override
  public Integer call() throws IOException {
    Path base = shape.written();
    try (OwnStep own = new OwnStep(base, shape, StepShape.RATE, ratio);
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      if (adapter != null) {
        own.loadAdapter(adapter);
      }
      if (saved != null) {
        own.saveAdapter(base, saved);
      }
      answer(Map.of("ready", true, "estimate", own.estimate(), "gpu", Gpus.present()));
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        answer(line.equals("peak") ? peak() : steps(own, Integer.parseInt(line)));
      }
    }
    return 0;
  }

  private Map<String, ?> peak() {
    return Map.of("gflops", GemmPeak.measured(shape.compute().precision()));
  }

  private static Map<String, ?> steps(OwnStep own, int count) {
    Timing timing = own.run(count);
    return Map.of("milliseconds", timing.milliseconds(), "loss", timing.loss());
  }

  private static void answer(Map<String, ?> line) throws IOException {
    System.out.println(JSON.writeValueAsString(line));
    System.out.flush();
  }
}
